import { describe, expect, test } from '@jest/globals';
import { changesBetween } from '../../../shared/engine/run/changes.ts';

const open = { CidrIpv4: '0.0.0.0/0', FromPort: 22, SecurityGroupRuleId: 'sgr-1' };
const own = { CidrIpv4: '10.0.0.0/8', FromPort: 22, SecurityGroupRuleId: 'sgr-2' };

describe('what a remediation changed', () => {
  test.each([
    [
      'a member that is gone, wherever it stood',
      { r: { rules: [open, own] } },
      { r: { rules: [own] } },
      ['rules: removed {"CidrIpv4":"0.0.0.0/0","FromPort":22}'],
    ],
    ['a member that is new', { r: { zones: ['a'] } }, { r: { zones: ['b', 'a'] } }, ['zones: added "b"']],
    ['a value', { lock: { on: false, days: 5 } }, { lock: { on: true, days: 5 } }, ['on: false → true']],
    [
      'what was not there',
      { encryption: null },
      { encryption: { algorithm: 'aws:kms' } },
      ['encryption: nothing → {"algorithm":"aws:kms"}'],
    ],
    ['another order alone', { r: { zones: ['a', 'b'] } }, { r: { zones: ['b', 'a'] } }, []],
    ['a new id alone', { r: { rules: [own] } }, { r: { rules: [{ ...own, SecurityGroupRuleId: 'sgr-9' }] } }, []],
    ['nothing', null, null, []],
  ])('%s', (_what, from, to, lines) => {
    expect(changesBetween(from, to)).toEqual(lines);
  });

  test('without what changes by itself', () => {
    expect(changesBetween({ r: { at: 1, on: false } }, { r: { at: 2, on: true } }, ['at'])).toEqual([
      'on: false → true',
    ]);
  });

  test('is five lines at most', () => {
    const [from, to] = [0, 1].map((value) =>
      Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`f${at}`, value])),
    );
    expect(changesBetween(from, to)).toEqual([...[0, 1, 2, 3, 4].map((at) => `f${at}: 0 → 1`), '… and 4 more']);
  });

  test('is cut where a value is long', () => {
    const [line = ''] = changesBetween({ r: { name: 'x'.repeat(500) } }, { r: { name: 'y' } });
    expect(line).toMatch(/^name: "x{100,}… → "y"$/);
    expect(line.length).toBeLessThan(150);
  });

  test.each([
    ['as a text', (value: string) => JSON.stringify({ Statement: [{ Effect: 'Allow', Condition: value }] })],
    ['as a list of statements', (value: string) => ({ Statement: [{ Effect: 'Allow', Condition: value }] })],
    ['as a text of another kind', (value: string) => `{ "secret": "${value}" }`],
  ])('shows nothing of a document %s', (_how, document) => {
    const changes = changesBetween({ access: { text: document('hunter2') } }, { access: { text: document('other') } });
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.join()).not.toMatch(/hunter2|other/);
    expect(changes.join()).toMatch(/: changed$/);
  });
});
