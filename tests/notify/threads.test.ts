import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import type { Message } from '../../shared/notify/message.ts';
import { threadOf } from '../../shared/notify/threads.ts';
import { noticeOf } from '../support/notice.ts';

const threadFor = (message: Partial<Message>) => threadOf({ subject: null, message: JSON.stringify(message) });
const MESSAGE = noticeMessage(noticeOf());

describe('a message about a resource', () => {
  test('belongs to one thread for each finding, whatever became of it; what ends it answers', () => {
    const kinds = ['detected', 'awaitingApproval', 'halted', 'blocked', 'failed'] as const;
    const ends = ['remediated', 'resolved', 'exempted', 'undone'] as const;
    const { keys } = threadFor({ ...MESSAGE, kind: 'detected' });
    expect(keys).toHaveLength(1);
    for (const kind of kinds) expect(threadFor({ ...MESSAGE, kind })).toEqual({ keys, answers: false });
    for (const kind of ends) expect(threadFor({ ...MESSAGE, kind })).toEqual({ keys, answers: true });
  });

  test('is of another thread where account, region, resource or control is another', () => {
    const others: readonly Partial<Message>[] = [
      { ...MESSAGE, account: { id: '999900001111', alias: null } },
      { ...MESSAGE, region: 'us-east-1' },
      { ...MESSAGE, resource: { ...MESSAGE.resource, id: 'sg-2' } as Message['resource'] },
      { ...MESSAGE, findings: MESSAGE.findings.map((one) => ({ ...one, controlId: 'another' })) },
      MESSAGE,
    ];
    expect(new Set(others.flatMap((one) => threadFor(one).keys)).size).toBe(5);
  });
});

test('what is blind is answered where it recovers, by region; any other announcement stands alone', () => {
  const announce = (kind: Message['kind'], region: string | null = null) =>
    threadFor(announcementMessage({ severity: 'HIGH', subject: 's', text: 't', kind, region }));
  expect(announce('recovered', 'eu-west-1')).toEqual({ ...announce('blind', 'eu-west-1'), answers: true });
  expect(announce('blind', 'us-east-1').keys).not.toEqual(announce('blind', 'eu-west-1').keys);
  expect(announce('recovered').keys).toEqual([]);
  expect(announce('digest', 'eu-west-1').keys).toEqual([]);
});

test('whatever comes has some thread, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (message) => {
      const { keys } = threadOf({ subject: null, message });
      expect(keys.length).toBeLessThanOrEqual(10);
    }),
  );
});
