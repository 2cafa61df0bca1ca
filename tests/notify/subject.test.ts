import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEVERITIES } from '../../shared/control.ts';
import { subjectOf } from '../../shared/notify/subject.ts';
import { whoOf } from '../../shared/notify/who.ts';

const whoBy = (actor: string) => whoOf({ actor, sourceIp: null, userAgent: null, tool: null }, null);
const PARTS = {
  severity: 'CRITICAL',
  headline: 'Remediation blocked',
  resourceId: 'sg-0a1b2c3d4e5f60718',
  name: null,
  region: 'eu-west-1',
  who: whoBy('arn:aws:sts::111122223333:assumed-role/Developer/jo'),
  which: 'ec2-security-group-admin-ports-restricted',
} as const;

const HEADLINE = fc.constantFrom('Remediated', 'No longer applicable', 'Open, being retried', 'Remediation blocked');

test('six regions are told apart, with the resource and who it was', () => {
  const regions = ['eu-west-1', 'us-east-1', 'ap-southeast-2', 'ap-northeast-1', 'us-gov-west-1', 'sa-east-1'];
  const subjects = regions.map((region) =>
    subjectOf({ ...PARTS, region, name: 'a-name-of-some-forty-characters-or-more' }),
  );
  expect(new Set(subjects).size).toBe(6);
  for (const [at, subject] of subjects.entries()) expect(subject).toContain(` in ${regions[at]} by Developer/jo`);
});

describe('a resource', () => {
  const shown = (parts: object) => /blocked: (.*?) in eu-west-1/.exec(subjectOf({ ...PARTS, ...parts }))?.[1];
  test('is shown by name and id where both fit, else by its name', () => {
    expect(shown({ name: 'web' })).toBe('web (sg-0a1b2c3d4e5f60718)');
    expect(shown({ name: 'web-of-the-shop-in-production' })).toBe('web-of-the-shop-in-production');
    expect(shown({ name: 'x'.repeat(99) })).toMatch(/^x{20,}\.\.\.$/);
    expect(shown({})).toBe('sg-0a1b2c3d4e5f60718');
  });

  test('with an ARN is shown without what all ARNs begin with', () => {
    expect(shown({ resourceId: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/main' })).toBe('trail/main');
  });
});

describe('who it was', () => {
  const by = (actor: string) => / by (\S+)/.exec(subjectOf({ ...PARTS, which: 'x', who: whoBy(actor) }))?.[1];
  test.each([
    ['arn:aws:sts::111122223333:assumed-role/Developer/jo', 'Developer/jo'],
    ['arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/jo@example.com', 'jo@example.com'],
    ['arn:aws:iam::111122223333:user/team/jo', 'jo'],
    ['arn:aws:iam::111122223333:root', 'root'],
    ['autoscaling.amazonaws.com', 'autoscaling.amazonaws...'],
  ])('%s is shown as %s', (actor, shown) => {
    expect(by(actor)).toBe(shown);
  });

  test('is not said where nobody knows', () => {
    expect(subjectOf({ ...PARTS, who: null })).not.toContain(' by ');
  });
});

test('a name in other letters is shown as far as ASCII can; else the id', () => {
  expect(subjectOf({ ...PARTS, name: 'Zürich-web' })).toContain(': Zurich-web (sg-0a1b2c3d4e5f60718) in ');
  expect(subjectOf({ ...PARTS, name: '数据库' })).toContain(': sg-0a1b2c3d4e5f60718 in ');
});

test('six regions are told apart, whatever name and actor are', () => {
  const long = fc.oneof(fc.string({ unit: 'grapheme', minLength: 60, maxLength: 256 }), fc.string({ unit: 'binary' }));
  const six = ['eu-west-1', 'us-east-1', 'ap-southeast-2', 'ap-northeast-1', 'us-gov-west-1', 'us-isob-east-1'];
  const record = fc.record({ name: fc.option(long), resourceId: long, which: long, who: long, headline: HEADLINE });
  fc.assert(
    fc.property(record, fc.constantFrom(...SEVERITIES), ({ who, ...parts }, severity) => {
      const actor = `arn:aws:sts::111122223333:assumed-role/${who}/${who}`;
      const subjects = six.map((region) => subjectOf({ ...PARTS, ...parts, severity, region, who: whoBy(actor) }));
      expect(new Set(subjects).size).toBe(6);
      for (const [at, subject] of subjects.entries()) {
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(subject).toContain(` in ${six[at]} by `);
      }
    }),
  );
});

test('whatever stands in it, it is one line of at most 99 ASCII characters, and the region and who it was are in it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 100, maxLength: 300 }),
    fc.constant('a\r\nBcc: b'),
  );
  fc.assert(
    fc.property(
      fc.record({ severity: fc.constantFrom(...SEVERITIES), resourceId: text, name: fc.option(text), which: text }),
      (parts) => {
        const subject = subjectOf({ ...PARTS, ...parts, region: 'ap-southeast-2' });
        // No region is longer than this; should one be, the subject is still one.
        expect(subjectOf({ ...PARTS, ...parts, region: 'x'.repeat(40) }).length).toBeLessThanOrEqual(99);
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(subject).toContain(' in ap-southeast-2 by Developer/jo');
        expect(subject.startsWith(`[${parts.severity}] Remediation blocked: `)).toBe(true);
      },
    ),
  );
});
