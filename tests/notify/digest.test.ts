import { expect, test } from '@jest/globals';
import { announcementMessage, NO_SETTINGS } from '../../shared/notify/compose.ts';
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
  expect(digest.text).toMatch(
    /\n {2}npx evenkeel findings --control c-2 --region eu-west-1\n.*\n {2}npx evenkeel history --control c-1$/,
  );
  assertValidMessage(announcementMessage(digest));
});

test('outcomes, controls and actors are groups of their own', () => {
  const entries = [entry(1), entry(2, { outcome: 'failed' }), entry(3, {}, 'arn:b'), entry(4, { controlId: 'c-2' })];
  expect(groupsOf(entries)).toHaveLength(4);
});

test('the commands name the controls and the time from which on all of it is listed', () => {
  const open = { outcome: 'detected', remediationId: null } as const;
  const of = (at: number, controlId: string, result: Partial<DigestEntry['result']>) => ({
    ...entry(at, { controlId, ...result }),
    time: `2026-11-02T09:14:0${at}.000Z`,
  });
  const commandsOf = (...entries: DigestEntry[]) =>
    digestAnnouncement(entries).text.match(/npx evenkeel (?:findings|history).*/g);
  expect(commandsOf(of(3, 'c-1', open), of(2, 'c-2', { ...open, region: 'us-east-1' }))).toEqual([
    'npx evenkeel findings --control c-1 --control c-2 --since 2026-11-02T09:14:02.000Z',
  ]);
  expect(commandsOf(of(3, 'c-1', open), of(1, 'c-1', {}))).toEqual([
    'npx evenkeel findings --control c-1 --region eu-west-1 --since 2026-11-02T09:14:03.000Z',
    'npx evenkeel history --control c-1 --since 2026-11-02T09:14:01.000Z',
  ]);
  const six = [1, 2, 3, 4, 5, 6].map((at) => of(at, `c-${at}`, open));
  expect(commandsOf(...six)).toEqual(['npx evenkeel findings --region eu-west-1 --since 2026-11-02T09:14:01.000Z']);
});

test('a resource is shown with its name and the time, and an error without the names that programs have for it', () => {
  const failed = { outcome: 'failed', annotation: 'StepFailedError: ec2:X failed: no' } as const;
  const { text, groups } = digestAnnouncement([
    { ...entry(1, failed), name: 'web', time: '2026-11-02T09:14:07.123Z' },
    { ...entry(2), name: 'api', time: '2026-11-02T09:14:07.123Z' },
  ]);
  expect(text).toContain('  r-1 (web, eu-west-1, since 2026-11-02T09:14Z): ec2:X failed: no\n');
  expect(text).toContain('  r-2 (api, eu-west-1, 2026-11-02T09:14Z): Open.\n');
  expect(groups?.flatMap(({ resources }) => resources)).toMatchObject([
    { name: 'web', annotation: 'ec2:X failed: no' },
    { name: 'api', time: '2026-11-02T09:14:07.123Z' },
  ]);
});

test('the page of each control follows, where it is known', () => {
  const settings = { ...NO_SETTINGS, controlPages: 'https://example.com/controls/' };
  const message = announcementMessage(digestAnnouncement([entry(1), entry(2)]), settings, '111122223333');
  expect(message.text).toMatch(/\nAccount: 111122223333\nhttps:\/\/example\.com\/controls\/c-1$/);
  expect(message.groups).toMatchObject([{ controlPage: 'https://example.com/controls/c-1' }]);
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
