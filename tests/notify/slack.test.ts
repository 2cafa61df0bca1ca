import { describe, expect, test } from '@jest/globals';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import { type SlackMessage, subjectOf } from '../../shared/notify/slack.ts';
import { noticeOf } from '../support/notice.ts';
import { said, slackOf } from '../support/slack-texts.ts';

/** What the topic carries of a notice; the rest is its first finding's. */
function published(notice = noticeOf(), rest: object = {}): string {
  const message = noticeMessage(notice);
  const [first, ...others] = message.findings;
  return JSON.stringify({ ...message, findings: [{ ...first, ...rest }, ...others] });
}
const page = (message: SlackMessage) => said(message).join('\n');

describe('a notice', () => {
  test('of what one event led to says each, and never has more blocks than Slack takes', () => {
    const control = { ...noticeOf().control, id: 'other-control', title: 'Other', severity: 'HIGH' } as const;
    const other = noticeOf(
      { controlId: 'other-control', outcome: 'awaitingApproval', remediationId: 'rem-2' },
      { control },
    );
    const text = page(slackOf(published({ ...noticeOf(), others: [other] })));
    expect(text).toContain('Also: Approval required [HIGH] Other');
    expect(text).toContain('`other-control`');
    expect(text).toContain('Approve: `npx evenkeel approve rem-2`');
    const many = slackOf(published({ ...noticeOf(), others: Array.from({ length: 40 }, () => other) }));
    expect(many.blocks.length).toBeLessThanOrEqual(50);
    expect(page(many)).toContain('… and 36 more');
  });

  test('of a remediation says what, where, who, when, what was done, and how it is undone', () => {
    const tags = { Name: 'web', owner: 'team-web', 'aws:cloudformation:stack-name': 'shop' };
    const changes = ['rules.0: {"CidrIpv4":"0.0.0.0/0"} → nothing'];
    const known = { tags, changes, verified: '2026-11-02T09:14:12.000Z', after: 'Open to no stranger.' };
    const message = slackOf(published(noticeOf({}, known)));
    expect(message.blocks[0]).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: '\u{1f534} Remediated: web', emoji: false },
    });
    expect(page(message)).toBe(
      [
        '\u{1f534} Remediated: web',
        'CRITICAL · no action required · eu-west-1',
        'Requirement: Security groups must not allow SSH or RDP from anywhere',
        'Before: Open to the world: tcp 22 from 0.0.0.0/0.',
        'After: Open to no stranger.',
        'Undo: `npx evenkeel undo rem-1`\nWhy it matters: Passwords are guessed within minutes.',
        '*Resource*\n`sg-1`\n`web`\n`AWS::EC2::SecurityGroup`',
        '*Owner*\n`team-web`',
        '*Changed by*\n`Developer, session jo`\n`CLI, from 198.51.100.23, AuthorizeSecurityGroupIngress`\n`arn:aws:sts::111122223333:assumed-role/Developer/jo`\n`stack shop`',
        '*Account and region*\n`111122223333`\n`eu-west-1`',
        '*Time*\n`2026-11-02T09:14:07Z`\n`remediated 2026-11-02T09:14:12.000Z, 5 s after the change`',
        '*Changed:*\n```\nrules.0: {"CidrIpv4":"0.0.0.0/0"} → nothing\n```',
        '*Steps taken:*\n```\nec2:RevokeSecurityGroupIngress {"GroupId":"sg-1","Rules":["sgr-1"]}\n```',
        '<https://eu-west-1.console.aws.amazon.com/ec2/home#SecurityGroup:groupId=sg-1|Open in the AWS console>',
        'ec2-security-group-admin-ports-restricted · event e-1',
      ].join('\n'),
    );
    expect(message.text).toMatch(/^\[CRITICAL\] Remediated: web \(sg-1\) [\s\S]*npx evenkeel undo rem-1/);
  });

  test('that waits for approval says what would be done, and how to do it or leave it', () => {
    const text = page(slackOf(published(noticeOf({ outcome: 'awaitingApproval' }))));
    expect(text).toContain('*Planned:*\n```\nec2:RevokeSecurityGroupIngress');
    expect(text).toContain('Approve: `npx evenkeel approve rem-1`');
    expect(text).toContain('Reject: `npx evenkeel reject rem-1 --reason "…"`');
  });

  test('of a failure says the trouble and what was tried', () => {
    const text = page(slackOf(published(noticeOf({ outcome: 'failed', error: 'AccessDenied: not you' }))));
    expect(text).toContain('Error: AccessDenied: not you');
    expect(text).toContain('*Attempted:*');
  });

  test('that knows less says less', () => {
    const notice = noticeOf({ steps: [], annotation: null, eventId: null }, { attribution: null, eventTime: null });
    const text = page(slackOf(published(notice)));
    for (const absent of ['Changed by', '*Time*', 'Finding', '```', 'event', 'Owner', 'null', 'undefined'])
      expect(text).not.toContain(absent);
  });

  test('with more calls than it carries says how many there are', () => {
    expect(page(slackOf(published(noticeOf(), { stepsLeftOut: 12 })))).toContain('… and 12 more');
  });
});

describe('what else comes over the topic', () => {
  test('an announcement', () => {
    const message = slackOf(JSON.stringify({ subject: '[HIGH] Evenkeel is paused', text: 'by jo\n\nResume: npx …' }));
    expect(said(message)).toEqual(['[HIGH] Evenkeel is paused', 'by jo\n\nResume: npx …']);
    expect(message.text).toBe('[HIGH] Evenkeel is paused\n\nby jo\n\nResume: npx …');
  });

  test('an announcement of ours shows how urgent it is, and links the pages of its controls', () => {
    const resource = {
      resourceId: 'r',
      name: null,
      region: 'eu-west-1',
      time: null,
      annotation: null,
      remediationId: null,
    };
    const groups = ['c-1', 'c-2'].map((controlId) => ({
      ...({ controlId, severity: 'HIGH', outcome: 'detected', actor: null, count: 1 } as const),
      resources: [resource],
    }));
    const told = {
      severity: 'HIGH',
      subject: 'Two findings',
      text: 'Both.',
      kind: 'reminder',
      region: 'eu-west-1',
    } as const;
    const settings = { accountAlias: 'acme', controlPages: 'https://a.example', routes: [] };
    const message = (ids: number) =>
      announcementMessage({ ...told, groups: groups.slice(0, ids) }, settings, '111122223333');
    expect(said(slackOf(JSON.stringify(message(2))))).toEqual([
      '\u{1f7e0} Two findings',
      'HIGH · action required · eu-west-1 · acme',
      'Both.\n\nAccount: 111122223333 (acme)',
      '<https://a.example/c-1|About c-1>',
      '<https://a.example/c-2|About c-2>',
    ]);
    expect(said(slackOf(JSON.stringify(message(1)))).at(-1)).toBe('<https://a.example/c-1|About the control>');
  });

  test('an announcement that is longer than a section goes on in the next, parted between lines', () => {
    const text = Array.from({ length: 130 }, (_, index) => `${index} ${'x'.repeat(60)}`).join('\n');
    const [, ...sections] = said(slackOf(JSON.stringify({ subject: 's', text })));
    expect(sections.length).toBeGreaterThan(2);
    expect(sections.join('\n')).toBe(text);
  });

  const ALARM = {
    AlarmName: 'evenkeel-prod-failed-events',
    AlarmDescription: 'Events could not be worked on.\nLook again: npx evenkeel redrive',
    AWSAccountId: '111122223333',
    NewStateValue: 'ALARM',
    OldStateValue: 'OK',
    NewStateReason: 'Threshold Crossed: 1 datapoint [1.0] was greater than 0.0.',
    StateChangeTime: '2026-11-02T09:14:07.000+0000',
    Region: 'EU (Ireland)',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:evenkeel-prod-failed-events',
  };
  test('a CloudWatch alarm', () => {
    expect(said(slackOf(JSON.stringify(ALARM), 'ALARM: "evenkeel-prod-failed-events" in EU (Ireland)'))).toEqual([
      'ALARM: evenkeel-prod-failed-events',
      'Events could not be worked on.\nLook again: npx evenkeel redrive',
      '*State*\n`ALARM`\n`before: OK`',
      '*Account and region*\n`111122223333`\n`eu-west-1`',
      '*Time*\n`2026-11-02T09:14:07.000+0000`',
      'Reason: Threshold Crossed: 1 datapoint [1.0] was greater than 0.0.',
      '<https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/evenkeel-prod-failed-events|Open the alarm>',
    ]);
  });

  test('a text, with its subject or without', () => {
    expect(said(slackOf('Disk full', 'A test'))).toEqual(['A test', 'Disk full']);
    expect(said(slackOf('Disk full'))).toEqual(['Message from Evenkeel', 'Disk full']);
    expect(said(slackOf('42'))).toEqual(['Message from Evenkeel', '42']);
    expect(said(slackOf(''))).toEqual(['Message from Evenkeel', '–']);
  });

  test('JSON of somebody else', () => {
    expect(said(slackOf('{"a":[1]}', 'Theirs'))).toEqual([
      'Theirs',
      '*Raw message*\n```\n{\n  "a": [\n    1\n  ]\n}\n```',
    ]);
  });

  test('its subject, for logs', () => {
    expect(subjectOf({ subject: null, message: published() })).toMatch(/^\[CRITICAL\] Remediated/);
    expect(subjectOf({ subject: 's', message: JSON.stringify(ALARM) })).toBe('evenkeel-prod-failed-events');
    expect(subjectOf({ subject: 's', message: 'text' })).toBe('s');
    expect(subjectOf({ subject: null, message: 'text' })).toBe('');
  });
});

describe('what others may write', () => {
  const EVIL = '<!channel> <@U1> <https://evil.example|here> & `code` ```';
  test('is neither a mention nor a link, wherever it stands', () => {
    const notice = noticeOf(
      { resourceId: EVIL, annotation: EVIL, error: EVIL, steps: [{ service: EVIL, operation: EVIL, input: { EVIL } }] },
      {
        tags: { Name: EVIL, owner: EVIL, 'aws:cloudformation:stack-name': EVIL },
        changes: [EVIL],
        attribution: { actor: EVIL, sourceIp: EVIL, userAgent: EVIL, tool: null },
        consoleUrl: `https://a.example/?${EVIL}`,
      },
    );
    const messages = [
      slackOf(published(notice)),
      slackOf(published(notice, { title: EVIL, controlPage: EVIL, advice: [{ text: EVIL, command: EVIL }] })),
      slackOf(JSON.stringify({ subject: EVIL, text: EVIL })),
      slackOf(JSON.stringify({ AlarmName: EVIL, AlarmArn: EVIL, NewStateReason: EVIL, AlarmDescription: EVIL })),
      slackOf(EVIL, EVIL),
      slackOf(JSON.stringify({ EVIL }), EVIL),
    ];
    for (const message of messages)
      for (const text of [message.text, ...said(message)]) {
        const own = text.replace(/<https:\/\/[^<>|\s]+\|(Open in the AWS console|Open the alarm)>/, '');
        expect(own).not.toMatch(/[<>]/);
        expect(own.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
      }
    expect(page(messages[0] as SlackMessage)).toContain('`&lt;!channel&gt;');
  });

  test('is no link where it is too long for one, or is no address', () => {
    const shown = (consoleUrl: string) => page(slackOf(published(noticeOf({}, { consoleUrl }))));
    expect(shown(`https://a.example/${'x'.repeat(5000)}`)).toMatch(/\n`https:\/\/a\.example\/x{400,}…`\n/);
    expect(shown('javascript:alert(1)')).toContain('\n`javascript:alert(1)`\n');
  });

  test('cannot end the code that it stands in', () => {
    expect(page(slackOf(published(noticeOf({ resourceId: 'a`b' }))))).toContain("*Resource*\n`a'b`");
    const input = { text: 'a ``` b ` c' };
    const text = page(slackOf(published(noticeOf({ steps: [{ service: 's3', operation: 'Put', input }] }))));
    expect(text).toContain(`\`\`\`\ns3:Put {"text":"a ''' b ' c"}\n\`\`\``);
  });
});
