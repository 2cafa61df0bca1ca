import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import { digestAnnouncement } from '../../shared/notify/digest.ts';
import type { Announcement, Notice } from '../../shared/notify/notifier.ts';
import { pagerDutyEvents } from '../../shared/notify/pagerduty.ts';
import { OUTCOMES, type Outcome, type Result } from '../../shared/result.ts';
import { noticeOf } from '../support/notice.ts';

const sent = (message: unknown) => pagerDutyEvents({ subject: null, message: JSON.stringify(message) });
const ofNotice = (result: Partial<Result>, rest: Partial<Notice> = {}) =>
  sent(noticeMessage(noticeOf(result, rest)))[0];
const ofAnnouncement = (one: Announcement) => sent(announcementMessage(one));
const OPEN = ['detected', 'awaitingApproval', 'halted', 'blocked', 'failed'];

describe('a finding', () => {
  test.each(OUTCOMES.filter((one) => one !== 'pending'))('that is %s triggers its alert, or resolves it', (outcome) => {
    expect(ofNotice({ outcome })?.event_action).toBe(OPEN.includes(outcome) ? 'trigger' : 'resolve');
  });

  test('has one alert from its beginning to its end, and another one has another', () => {
    const key = ofNotice({ outcome: 'detected' })?.dedup_key;
    expect(ofNotice({ outcome: 'remediated', annotation: 'other words', eventId: 'e-2' })?.dedup_key).toBe(key);
    for (const other of [{ resourceId: 'sg-2' }, { region: 'us-east-1' }, { accountId: '444455556666' }])
      expect(ofNotice({ outcome: 'detected', ...other })?.dedup_key).not.toBe(key);
  });

  test('of less than HIGH pages nobody, and resolves nothing', () => {
    const pages = (severity: 'CRITICAL' | 'HIGH' | 'MEDIUM', outcome: Outcome) =>
      ofNotice({ outcome }, { control: { ...noticeOf().control, severity } });
    expect(pages('CRITICAL', 'detected')).toMatchObject({ payload: { severity: 'critical' } });
    expect(pages('HIGH', 'detected')).toMatchObject({ payload: { severity: 'error' } });
    expect(pages('MEDIUM', 'detected')).toBeUndefined();
    expect(pages('MEDIUM', 'remediated')).toBeUndefined();
  });

  test('says what, where and by which control; what else the event led to has alerts of its own', () => {
    const control = { ...noticeOf().control, id: 'other', severity: 'HIGH' } as const;
    const other = noticeOf({ controlId: 'other', outcome: 'remediated' }, { control });
    const events = sent(noticeMessage({ ...noticeOf({ outcome: 'detected', remediationId: null }), others: [other] }));
    expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
    expect(new Set(events.map(({ dedup_key }) => dedup_key)).size).toBe(2);
    expect(events[0]).toMatchObject({
      payload: {
        summary: expect.stringMatching(/^\[CRITICAL\] Drift detected: sg-1 in eu-west-1\. Open to the world/),
        source: 'sg-1',
        component: 'ec2-security-group-admin-ports-restricted',
        custom_details: { text: expect.stringContaining('Action required') },
      },
      links: [{ href: expect.stringMatching(/^https:/), text: 'Open in the AWS console' }],
    });
  });
});

describe('what is of no resource', () => {
  const blind = { severity: 'CRITICAL', subject: 'Blind', text: '', kind: 'blind', region: 'eu-west-1' } as const;

  test('the end of blindness in one account resolves nothing of another', () => {
    const keyIn = (accountId: string, kind: 'blind' | 'recovered') =>
      sent(announcementMessage({ ...blind, kind }, undefined, accountId))[0]?.dedup_key;
    expect(keyIn('111122223333', 'recovered')).toBe(keyIn('111122223333', 'blind'));
    expect(keyIn('444455556666', 'recovered')).not.toBe(keyIn('111122223333', 'blind'));
  });

  test('blindness triggers, and its end resolves', () => {
    const [triggered] = ofAnnouncement(blind);
    const [resolved] = ofAnnouncement({ ...blind, severity: 'INFORMATIONAL', kind: 'recovered' });
    expect([triggered?.event_action, resolved?.event_action]).toEqual(['trigger', 'resolve']);
    expect(resolved?.dedup_key).toBe(triggered?.dedup_key);
  });

  test("nobody is paged for a person's own pause, a reminder, or what is not urgent", () => {
    for (const kind of ['halted', 'reminder', 'exemptionEnding', 'recovered'] as const)
      expect(ofAnnouncement({ ...blind, kind, region: null })).toEqual([]);
    expect(ofAnnouncement({ ...blind, severity: 'MEDIUM' })).toEqual([]);
  });

  test('a digest pages once where something urgent in it is open', () => {
    const entry = (outcome: Outcome) => ({ result: { ...noticeOf({ outcome }).result }, actor: null });
    expect(ofAnnouncement(digestAnnouncement([entry('detected'), entry('detected')]))).toHaveLength(1);
    expect(ofAnnouncement(digestAnnouncement([entry('remediated')]))).toEqual([]);
  });

  test('an alarm triggers, and resolves where it is well again', () => {
    const alarm = { AlarmName: 'a', AlarmArn: 'arn:aws:cloudwatch:eu-west-1:1:alarm:a' };
    const [rung] = sent({ ...alarm, NewStateValue: 'ALARM' });
    const [well] = sent({ ...alarm, NewStateValue: 'OK' });
    expect([rung?.event_action, well]).toEqual(['trigger', { event_action: 'resolve', dedup_key: rung?.dedup_key }]);
  });
});

test('whatever comes is within what PagerDuty takes, and shows what is unsafe', () => {
  const long = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.nat(20_000))
      .map(([part, n]) => part.repeat(n)),
  );
  const maybe = fc.oneof(long, fc.constantFrom(null, { toString: 0 }), fc.jsonValue());
  const severe = fc.constantFrom('CRITICAL', 'HIGH', 'constructor');
  const finding = fc.record({
    outcome: fc.constantFrom(...OPEN, 'remediated'),
    severity: severe,
    headline: maybe,
    controlId: maybe,
    annotation: maybe,
    controlPage: maybe,
  });
  const data = fc.record({
    kind: fc.oneof(fc.constantFrom('blind', 'attention', 'digest'), maybe),
    severity: severe,
    subject: long,
    text: long,
    region: maybe,
    account: fc.oneof(maybe, fc.record({ id: maybe, alias: maybe })),
    resource: fc.oneof(maybe, fc.record({ id: maybe, name: maybe, consoleUrl: maybe })),
    findings: fc.oneof(maybe, fc.array(finding, { maxLength: 2 })),
  });
  const any = fc.oneof(
    data.map((one) => JSON.stringify(one)),
    fc.json(),
    long,
  );
  fc.assert(
    fc.property(any, (message) => {
      for (const event of pagerDutyEvents({ subject: null, message })) {
        expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512_000);
        expect(event.dedup_key.length).toBeLessThanOrEqual(255);
        if (event.event_action === 'resolve') continue;
        const { summary, source, severity } = event.payload;
        expect(summary.length).toBeLessThanOrEqual(1024);
        for (const text of [summary, source]) expect(text).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u);
        expect(['critical', 'error']).toContain(severity);
      }
    }),
    { numRuns: 150 },
  );
});
