import { expect, test } from '@jest/globals';
import { announcementMessage } from '../../shared/notify/compose.ts';
import { endingAnnouncement } from '../../shared/watch/exemption-ending.ts';
import { assertValidMessage } from '../support/message-schema.ts';

const RULE = {
  control: 's3-bucket-public-access-blocked',
  resource: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
  owner: 'ann@example.com',
  reason: 'a public site',
  expires: '2026-11-09',
};
const SETTINGS = { accountAlias: 'acme', controlPages: 'https://a.example/controls', routes: [] };
const messageOf = (rule: Partial<typeof RULE> = {}) =>
  announcementMessage(endingAnnouncement({ ...RULE, ...rule }), SETTINGS, '111122223333');

test('says of what, whose, until when, and how it is extended; its control is linked', () => {
  const message = messageOf();
  assertValidMessage(message);
  expect(message).toMatchObject({
    subject: '[MEDIUM] Exemption expires on 2026-11-09: security-group/sg-1 in eu-west-1 (ann@example.com)',
    region: 'eu-west-1',
    groups: [{ controlId: RULE.control, controlPage: 'https://a.example/controls/s3-bucket-public-access-blocked' }],
  });
  const command = `npx evenkeel exempt --control ${RULE.control} --resource ${RULE.resource} --owner ann@example.com`;
  expect(message.text).toContain(`  ${command} --reason … --expires …\n`);
  expect(message.text).toMatch(/\nhttps:\/\/a\.example\/controls\/s3-bucket-public-access-blocked$/);
});

test('an owner whom the command would not take, as of an undo, is left to be filled in', () => {
  const { subject, text } = messageOf({ owner: 'arn:aws:sts::111122223333:assumed-role/Developer/jo' });
  expect(subject).toContain(' in eu-west-1 (assumed-role/Dev');
  expect(text).toContain(' --owner … --reason');
});

test('what a stranger named stays in its line, and one argument', () => {
  const { text } = messageOf({ resource: 'a\nb $(id)', reason: 'c\u202e' });
  expect(text).toContain('\nResource:   a\\nb $(id)\n');
  expect(text).toContain("--resource $'a\\U0000000ab $(id)' ");
  expect(text).toContain('\nReason:     c\\u{202e}\n');
});
