import { expect, test } from '@jest/globals';
import { announcementMessage } from '../../shared/notify/compose.ts';
import { type DigestEntry, digestAnnouncement, groupsOf, reminderAnnouncement } from '../../shared/notify/digest.ts';
import { assertValidMessage } from '../support/message-schema.ts';

const entry = (at: number, rest: Partial<DigestEntry['result']> = {}, actor: string | null = 'arn:a'): DigestEntry => ({
  actor,
  result: {
    controlId: 'c-1',
    severity: 'HIGH',
    resourceId: `r-${at}`,
    region: 'eu-west-1',
    outcome: 'remediated',
    annotation: 'Open.',
    remediationId: `rem-${at}`,
    ...rest,
  },
});
const thousand = Array.from({ length: 1000 }, (_, at) => entry(at));

test('a thousand findings are one message by control and actor, with nothing missing from the count', () => {
  const others = [entry(1, { controlId: 'c-2', severity: 'CRITICAL', outcome: 'detected', remediationId: null }, null)];
  const digest = digestAnnouncement([...thousand, ...others]);
  expect(digest).toMatchObject({
    severity: 'CRITICAL',
    kind: 'digest',
    subject: '1001 findings of 2 controls in eu-west-1',
  });
  expect(digest.groups?.map(({ controlId, count, actor }) => [controlId, count, actor])).toEqual([
    ['c-2', 1, null],
    ['c-1', 1000, 'arn:a'],
  ]);
  expect(digest.text).toContain(`c-2 [CRITICAL]: 1 detected
  r-1 (eu-west-1): Open.

c-1 [HIGH]: 1000 remediated, by arn:a
  r-0 (eu-west-1): Open.
`);
  expect(digest.text).toContain('    npx evenkeel undo rem-0\n');
  expect(digest.text).toContain('  … and 995 more\n');
  expect(digest.text).toMatch(/npx evenkeel findings\n.*npx evenkeel history$/);
  assertValidMessage(announcementMessage(digest));
});

test('outcomes, controls and actors are groups of their own', () => {
  const entries = [entry(1), entry(2, { outcome: 'failed' }), entry(3, {}, 'arn:b'), entry(4, { controlId: 'c-2' })];
  expect(groupsOf(entries)).toHaveLength(4);
});

test('regions are counted, and approvals have their command', () => {
  const waiting = [1, 2].map((at) => entry(at, { outcome: 'awaitingApproval', region: `eu-west-${at}` }));
  const { subject, region, text, kind } = reminderAnnouncement(waiting);
  expect({ subject, region, kind }).toEqual({
    subject: 'Still open: 2 findings of 1 control in 2 regions',
    region: null,
    kind: 'reminder',
  });
  expect(text).toContain('    npx evenkeel approve rem-1\n');
});

test('names of strangers stay in their line', () => {
  const { text } = digestAnnouncement([entry(1, { resourceId: 'a\nb\u202e', annotation: 'c\r\nd' }, 'e\nf')]);
  expect(text).toContain('  a\\nb\\u{202e} (eu-west-1): c\\r\\nd\n');
  expect(text).toContain(', by e\\nf\n');
});
