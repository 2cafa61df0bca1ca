import { expect, test } from '@jest/globals';
import { noticeMessage } from '../../shared/notify/compose.ts';
import type { Kind, Message } from '../../shared/notify/message.ts';
import type { Notice } from '../../shared/notify/notifier.ts';
import { teamsMessage } from '../../shared/notify/teams.ts';
import type { Result } from '../../shared/result.ts';
import { noticeOf } from '../support/notice.ts';
import { said, slackOf } from '../support/slack-texts.ts';

const SETTINGS = { accountAlias: 'acme-prod', controlPages: 'https://wiki.example.com/controls', routes: [] };
const KNOWN: Partial<Notice> = {
  tags: { Name: 'web', Owner: 'team-web', 'aws:cloudformation:stack-name': 'shop' },
  attribution: {
    actor: 'arn:aws:sts::111122223333:assumed-role/Deploy/jo@example.com',
    sourceIp: '203.0.113.77',
    userAgent: 'Terraform/1.13.4',
    tool: 'Terraform',
  },
};
/** What every notification about a resource says, whatever became of it. */
const ALWAYS = [
  'Security groups must not allow SSH or RDP from anywhere',
  'sg-1',
  'web',
  'team-web',
  '111122223333',
  'acme-prod',
  'eu-west-1',
  'Deploy',
  'jo@example.com',
  '203.0.113.77',
  'Terraform',
  'shop',
  'https://wiki.example.com/controls/ec2-security-group-admin-ports-restricted',
  'https://eu-west-1.console.aws.amazon.com/',
];
const VERIFIED = '2026-11-02T09:14:12.000Z';
const STEP = 'RevokeSecurityGroupIngress';

const CASES: readonly (readonly [Kind, Partial<Result>, Partial<Notice>, readonly string[]])[] = [
  ['detected', { remediationId: null }, {}, ['Open to the world', STEP, 'Use Session Manager', 'npx evenkeel exempt ']],
  [
    'remediated',
    {},
    { verified: VERIFIED, after: 'Open to no stranger.' },
    ['Open to the world', 'Open to no stranger.', STEP, VERIFIED, 'npx evenkeel undo rem-1'],
  ],
  ['awaitingApproval', {}, { expires: VERIFIED }, [STEP, VERIFIED, 'npx evenkeel approve rem-1']],
  ['halted', {}, { stoppedBy: { gate: 'pause', everything: true } }, [STEP, 'npx evenkeel resume --look']],
  ['blocked', { error: 'AccessDenied: not you' }, {}, [STEP, 'AccessDenied: not you', 'npx evenkeel sweep ']],
  ['failed', { error: 'Broken: it is' }, {}, [STEP, 'Broken: it is', 'npx evenkeel sweep ']],
  ['resolved', { outcome: 'compliant', annotation: 'All is shut.' }, { was: 'All was open.' }, ['was open', 'is shut']],
  [
    'undone',
    { outcome: 'exempted' },
    { undo: { exemption: 'ex-1' }, verified: VERIFIED },
    ['exempt --end ex-1', VERIFIED],
  ],
];

/** The message as each channel shows it; a link's address counts. */
const shownOf = (message: Message): Readonly<Record<string, string>> => {
  const published = JSON.stringify(message);
  const card = teamsMessage({ subject: null, message: published }).attachments[0].content;
  return {
    text: message.text,
    slack: said(slackOf(published)).join('\n'),
    teams: [...card.body.flatMap(({ inlines }) => inlines[0].text), ...card.actions.map(({ url }) => url)].join('\n'),
    json: JSON.stringify({ ...message, text: '' }),
  };
};

test.each(CASES)(
  'one that is %s says what, where, who, when and how to go on, in every channel',
  (kind, result, rest, own) => {
    const outcome = (result.outcome ?? kind) as Result['outcome'];
    const message = noticeMessage(noticeOf({ outcome, ...result }, { ...KNOWN, ...rest }), SETTINGS);
    expect(message.kind).toBe(kind);
    const severity = kind === 'undone' ? 'INFORMATIONAL' : 'CRITICAL';
    for (const [channel, shown] of Object.entries(shownOf(message)))
      for (const part of [severity, '2026-11-02T09:14:07Z', ...ALWAYS, ...own])
        expect({ channel, shown }).toEqual({ channel, shown: expect.stringContaining(part) });
  },
);
