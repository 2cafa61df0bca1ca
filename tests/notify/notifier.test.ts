import { describe, expect, test } from '@jest/globals';
import type { Severity } from '../../shared/control.ts';
import { atLeast, combined, type Notice } from '../../shared/notify/notifier.ts';
import { noticeOf } from '../support/notice.ts';

const of = (id: string, severity: Severity): Notice =>
  noticeOf({}, { control: { ...noticeOf().control, id, severity } });
const idsOf = ({ control, others = [] }: Notice) => [control.id, ...others.map((one) => one.control.id)];

test('notices of one event are one: the most severe first, the others in their order', () => {
  expect(idsOf(combined([of('a', 'LOW'), of('b', 'CRITICAL'), of('c', 'HIGH'), of('d', 'HIGH')]))).toEqual([
    'b',
    'c',
    'd',
    'a',
  ]);
  const alone = of('a', 'LOW');
  expect(combined([alone])).toBe(alone);
});

describe('a minimum severity', () => {
  const passed = async (minimum: Severity, notice: Notice) => {
    const notified: Notice[] = [];
    const notify = async (one: Notice) => {
      notified.push(one);
    };
    await atLeast(minimum, { notify, announce: async () => {} }).notify(notice);
    return notified.map(idsOf);
  };
  const all = combined([of('a', 'LOW'), of('b', 'CRITICAL'), of('c', 'HIGH')]);

  test.each([
    ['LOW', [['b', 'c', 'a']]],
    ['HIGH', [['b', 'c']]],
    ['CRITICAL', [['b']]],
  ] as const)('of %s holds for each control of a notification', async (minimum, expected) => {
    expect(await passed(minimum, all)).toEqual(expected);
  });

  test('drops what is below it', async () => {
    expect(await passed('HIGH', of('a', 'MEDIUM'))).toEqual([]);
  });
});
