import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEVERITIES } from '../../shared/control.ts';
import { noticeMessage } from '../../shared/notify/compose.ts';
import { consoleNotifier } from '../../shared/notify/console.ts';
import { OUTCOMES } from '../../shared/result.ts';
import { visible } from '../../shared/text.ts';
import { noticeOf } from '../support/notice.ts';

const call = (number: number, input: object = { GroupId: 'sg-1' }) => ({
  service: 'ec2',
  operation: `Revoke${number}`,
  input,
});

test('a remediation: who, what, where, when, what was done and how to undo it', () => {
  const tags = { Name: 'web', Owner: 'team-web', 'aws:cloudformation:stack-name': 'shop' };
  const changes = ['rules.0: {"CidrIpv4":"0.0.0.0/0"} → nothing'];
  const notice = noticeOf({}, { tags, changes, verified: '2026-11-02T09:14:12.000Z', after: 'Open to no stranger.' });
  const settings = { accountAlias: 'acme-prod', controlPages: 'https://example.com/controls/', routes: [] };
  const { subject, text } = noticeMessage(notice, settings);
  expect(subject).toBe(
    '[CRITICAL] Remediated: web (sg-1) in eu-west-1 by Developer/jo (ec2-security-group-admin-ports-r...',
  );
  expect(text).toBe(`Remediated [CRITICAL]: no action required
Security groups must not allow SSH or RDP from anywhere

Resource:   AWS::EC2::SecurityGroup sg-1 (web)
Owner:      team-web
Account:    111122223333 (acme-prod), eu-west-1
Before:     Open to the world: tcp 22 from 0.0.0.0/0.
After:      Open to no stranger.
Changed by: Developer, session jo (CLI, from 198.51.100.23, AuthorizeSecurityGroupIngress)
Caller:     arn:aws:sts::111122223333:assumed-role/Developer/jo
Stack:      shop
Time:       2026-11-02T09:14:07Z
Remediated: 2026-11-02T09:14:12.000Z, 5 s after the change

Changed:
  rules.0: {"CidrIpv4":"0.0.0.0/0"} → nothing

Steps taken:
  ec2:RevokeSecurityGroupIngress {"GroupId":"sg-1","Rules":["sgr-1"]}

Undo:  npx evenkeel undo rem-1
Why it matters: Passwords are guessed within minutes.

https://eu-west-1.console.aws.amazon.com/ec2/home#SecurityGroup:groupId=sg-1
https://example.com/controls/ec2-security-group-admin-ports-restricted
Control: ec2-security-group-admin-ports-restricted · event e-1`);
});

test('what else the same event led to follows, with what to do about each, and the controls are named', () => {
  const control = { ...noticeOf().control, id: 'other-control', title: 'Other title', severity: 'HIGH' } as const;
  const waiting = { controlId: 'other-control', outcome: 'awaitingApproval', remediationId: 'rem-2' } as const;
  const { subject, text } = noticeMessage({ ...noticeOf(), others: [noticeOf(waiting, { control })] });
  expect(subject).toMatch(/^\[CRITICAL\] Remediated: sg-1 in eu-west-1 by Developer\/jo \(ec2-/);
  expect(text).toMatch(/Undo: {2}npx evenkeel undo rem-1\n[\s\S]*\n\nAlso: Approval required \[HIGH\]\nOther title\n/);
  expect(text).toContain('Approve:  npx evenkeel approve rem-2');
  expect(text).toMatch(/\nControls: ec2-security-group-admin-ports-restricted, other-control · event e-1$/);
  expect(text.match(/Changed by/g)).toHaveLength(1);
});

describe('what is said of what was not tried', () => {
  const headlineOf = (...of: Parameters<typeof noticeOf>) => noticeMessage(noticeOf(...of)).text.split(' [')[0];
  test.each([
    ['could not be read', 'Not evaluated', { outcome: 'failed', before: null, remediationId: null, steps: [] }],
    ['may not be read', 'Cannot be read', { outcome: 'blocked', before: null, remediationId: null, steps: [] }],
    ['could not be planned', 'Not remediated', { outcome: 'failed', before: 'NON_COMPLIANT', remediationId: null }],
    ['was tried', 'Remediation FAILED', { outcome: 'failed', before: 'NON_COMPLIANT' }],
    ['was refused', 'Remediation blocked', { outcome: 'blocked', before: 'NON_COMPLIANT' }],
    ['is over', 'Compliant again', { outcome: 'compliant', remediationId: null }],
    ['is gone', 'No longer applicable', { outcome: 'notApplicable', remediationId: null }],
  ] as const)('what %s: %s', (_what, headline, result) => {
    expect(headlineOf(result)).toBe(headline);
  });

  test('what is being retried says so, and that nothing is to be done yet', () => {
    const { subject, text } = noticeMessage(
      noticeOf({ outcome: 'failed', before: 'NON_COMPLIANT' }, { isRetrying: true }),
    );
    expect(subject).toMatch(/^\[CRITICAL\] Open, being retried: /);
    expect(text).toContain('It is retried within 15 minutes');
  });

  test('what could not be read names the command that reads it', () => {
    const { text } = noticeMessage(noticeOf({ outcome: 'failed', before: null, remediationId: null, steps: [] }));
    expect(text).toContain('npx evenkeel sweep --control ec2-security-group-admin-ports-restricted');
    expect(text).not.toMatch(/FAILED|Attempted|Use Session Manager/);
  });
});

describe('what differs', () => {
  const textOf = (...of: Parameters<typeof noticeOf>) => noticeMessage(noticeOf(...of)).text;

  test('what cannot be undone says so, and names no undo', () => {
    const text = textOf({}, { reversible: false });
    expect(text).toContain('This remediation cannot be undone.');
    expect(text).not.toContain('evenkeel undo');
  });

  test('a drift that is only detected shows what would be done, and what a person can do', () => {
    const text = textOf({ outcome: 'detected', remediationId: null, after: 'NON_COMPLIANT' });
    expect(text).toMatch(/^Drift detected \[CRITICAL\]: action required\n/);
    expect(text).toContain('\nPlanned:\n  ec2:Revoke');
    expect(text).toContain('Action required: Use Session Manager.');
    expect(text).not.toContain('evenkeel undo');
  });

  test('a failure shows the error and what was tried', () => {
    const text = textOf({
      outcome: 'failed',
      error: 'StepFailedError: ec2:Revoke failed: AccessDenied: no permission',
    });
    expect(text).toMatch(/^Remediation FAILED/);
    expect(text).toContain('\nError:      ec2:Revoke failed: AccessDenied: no permission\n');
    expect(text).toContain('\nAttempted:\n');
  });

  test('what is blocked says who refuses, what was tried, and how it goes on', () => {
    const { subject, text } = noticeMessage(
      noticeOf({
        outcome: 'blocked',
        after: 'NON_COMPLIANT',
        annotation: 'Refused by a service control policy of the organization: allow the call. Open to the world.',
        error: 'StepFailedError: explicit deny',
      }),
    );
    expect(subject).toMatch(/^\[CRITICAL\] Remediation blocked: sg-1 in eu-west-1 by Developer\/jo \(ec2-/);
    expect(text).toContain('\nFinding:    Refused by a service control policy of the organization: allow the call.');
    expect(text).toContain('\nError:      explicit deny\n');
    expect(text).toContain('\nAttempted:\n  ec2:Revoke');
    const of = '--control ec2-security-group-admin-ports-restricted --resource sg-1';
    expect(text).toContain(`  npx evenkeel sweep --mode remediate ${of}\n`);
    expect(text).toContain(`  npx evenkeel exempt ${of} --owner`);
    expect(text).not.toContain('evenkeel undo');
  });

  test('what is over says how it was and is', () => {
    const over = { outcome: 'compliant', remediationId: null, steps: [], annotation: 'The lid is closed.' } as const;
    const text = textOf(over, { was: 'StepFailedError: box:CloseLid failed: no' });
    expect(text).toContain('\nBefore:     box:CloseLid failed: no\nAfter:      The lid is closed.\n');
  });

  test('an approval says until when, a failure how it is tried again, each for this resource alone', () => {
    const asked = textOf({ outcome: 'awaitingApproval' }, { expires: '2026-11-05T09:14:12.000Z' });
    expect(asked).toContain('\nDecide by 2026-11-05T09:14:12.000Z: the request expires then.\n');
    const failed = textOf({ outcome: 'failed', error: 'no' });
    const of = '--control ec2-security-group-admin-ports-restricted --resource sg-1';
    expect(failed).toContain(`To retry now:\n  npx evenkeel sweep --mode remediate ${of}\n`);
  });

  test('a sweep knows nobody, no event and no time: nothing is said of them', () => {
    const text = textOf({ eventId: null, eventName: 'Sweep' }, { attribution: null, eventTime: null });
    expect(text).not.toMatch(/Changed by|Time: |event|null|undefined/);
  });

  test('a caller of whom little is known', () => {
    const attribution = { actor: null, sourceIp: null, userAgent: null, tool: null };
    expect(textOf({ eventName: null }, { attribution })).toContain('\nChanged by: unknown\n');
  });
});

describe('a long plan is shortened', () => {
  test('twenty steps are shown, the others are counted', () => {
    const { text } = noticeMessage(noticeOf({ steps: Array.from({ length: 300 }, (_, number) => call(number)) }));
    expect(text).toContain('  ec2:Revoke19 {"GroupId":"sg-1"}\n  … and 280 more\n');
    expect(text).not.toContain('Revoke20 ');
    expect(
      noticeMessage(noticeOf({ steps: Array.from({ length: 20 }, (_, number) => call(number)) })).text,
    ).not.toContain('more');
  });

  test('so are a large input and a large error', () => {
    const { text } = noticeMessage(
      noticeOf({ outcome: 'failed', error: 'x'.repeat(50_000), steps: [call(1, { Policy: 'y'.repeat(20_000) })] }),
    );
    expect(text.length).toBeLessThan(4000);
    expect(text).toContain('x…\n');
    expect(text).toContain('y…\n');
  });
});

describe('a person’s own undo', () => {
  const undone = noticeOf(
    { outcome: 'exempted', eventName: 'Undo', eventId: null, steps: [], remediationId: null },
    { undo: { exemption: null } },
  );

  test('is nothing to be alarmed by, whatever the control’s severity', () => {
    const { kind, severity, actionRequired, subject, findings } = noticeMessage(undone);
    expect({ kind, severity, actionRequired }).toEqual({
      kind: 'undone',
      severity: 'INFORMATIONAL',
      actionRequired: false,
    });
    expect(subject).toMatch(/^\[INFORMATIONAL\] Undone: sg-1 in eu-west-1 by Developer\/jo /);
    expect(findings[0]?.severity).toBe('CRITICAL');
  });

  test('that another run has ended is one too; it says when, and how the exemption is ended', () => {
    const byRecheck = { outcome: 'exempted', eventName: 'Recheck', remediationId: null, steps: [] } as const;
    const details = { undo: { exemption: 'ex-2026-11-02-1' }, verified: '2026-11-02T09:14:12.000Z' };
    const { kind, severity, text, times } = noticeMessage(noticeOf(byRecheck, details));
    expect({ kind, severity }).toEqual({ kind: 'undone', severity: 'INFORMATIONAL' });
    expect(text).toContain('\nUndone by:  Developer, session jo (CLI, from 198.51.100.23)\n');
    expect(text).toContain('\nUndone:     2026-11-02T09:14:12.000Z\n');
    expect(text).toContain('\n  npx evenkeel exempt --end ex-2026-11-02-1\n');
    expect(times.toRemediate).toBeNull();
  });

  test('is told from any other exemption', () => {
    const { kind, severity } = noticeMessage(noticeOf({ outcome: 'exempted' }));
    expect({ kind, severity }).toEqual({ kind: 'exempted', severity: 'CRITICAL' });
  });
});

test('the subject is one line of at most 99 ASCII characters, the text never shows an object or a gap', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 });
  const input = fc.dictionary(name, fc.jsonValue(), { maxKeys: 3 });
  const result = fc.record({
    outcome: fc.constantFrom(...OUTCOMES),
    resourceId: name,
    annotation: name,
    error: fc.option(name),
    eventId: fc.option(name),
    steps: fc.array(fc.record({ service: fc.constant('s3'), operation: fc.constant('Put'), input }), { maxLength: 5 }),
  });
  fc.assert(
    fc.property(result, fc.constantFrom(...SEVERITIES), (of, severity) => {
      const sample = noticeOf(of);
      const { subject, text } = noticeMessage({ ...sample, control: { ...sample.control, severity } });
      expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      expect(subject.startsWith(`[${severity}] `)).toBe(true);
      expect(text).toContain(visible(of.annotation));
      expect(text).not.toContain('[object Object]');
      expect(text).not.toMatch(/: (undefined|null)$/m);
    }),
  );
});

test('on the console each line is set off', async () => {
  let written = '';
  await consoleNotifier((text) => {
    written += text;
  }).notify(noticeOf());
  expect(
    written
      .trim()
      .split('\n')
      .every((line) => line.trimStart().startsWith('│')),
  ).toBe(true);
  expect(written).toContain('  │ Remediated [CRITICAL]: no action required\n');
});
