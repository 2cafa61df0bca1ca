import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { ocsfLines, ocsfOf } from '../../../shared/cli/output/ocsf.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';
import { anyEntry, entry, UNSAFE } from '../../support/entries.ts';
import { OCSF_COMPLIANCE_FINDING } from '../../support/ocsf-schema.ts';

const NOW = new Date('2026-11-27T00:00:00Z');
const validate = new Ajv({ allErrors: true }).compile(OCSF_COMPLIANCE_FINDING);

test('a finding: who reports what about which resource, and how it is remediated', () => {
  expect(ocsfOf(entry({}, { name: 'web' }), NOW)).toMatchObject({
    class_uid: 2003,
    type_uid: 200301,
    severity: 'Critical',
    status: 'New',
    time: NOW.getTime(),
    compliance: { status: 'Fail', control: ADMIN_PORTS, standards: expect.arrayContaining([expect.any(String)]) },
    resources: [{ uid: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1', name: 'web', region: 'eu-west-1' }],
    remediation: { desc: expect.any(String) },
  });
});

describe('how it ended', () => {
  test.each([
    ['compliant', 'Close', 'Resolved', 'Pass'],
    ['remediated', 'Close', 'Resolved', 'Pass'],
    ['exempted', 'Create', 'Suppressed', 'Fail'],
    ['awaitingApproval', 'Create', 'In Progress', 'Fail'],
    ['detected', 'Create', 'New', 'Fail'],
    ['blocked', 'Create', 'New', 'Fail'],
  ] as const)('%s', (outcome, activity, status, compliance) => {
    const after = outcome === 'compliant' ? 'COMPLIANT' : 'NON_COMPLIANT';
    const event = ocsfOf(entry({ outcome, before: after, after }), NOW);
    expect(event).toMatchObject({ activity_name: activity, status, compliance: { status: compliance } });
  });

  test('what could not be read is neither passed nor failed', () => {
    const unread = entry({ outcome: 'failed', before: null, after: null, error: 'could not be read' });
    expect(ocsfOf(unread, NOW)).toMatchObject({ compliance: { status: 'Warning' }, message: 'could not be read' });
  });
});

test('one finding has one uid, whatever its sentence; another resource has another', () => {
  const uidOf = (...given: Parameters<typeof entry>) =>
    (ocsfOf(entry(...given), NOW) as { finding_info: { uid: string } }).finding_info.uid;
  expect(uidOf({ annotation: '91 days old' })).toBe(uidOf({ annotation: '92 days old' }, { name: 'web' }));
  expect(uidOf({ resourceId: 'sg-2' })).not.toBe(uidOf());
  expect(uidOf({ region: 'eu-west-2' })).not.toBe(uidOf());
});

test('the schema refuses what it requires and does not get', () => {
  const { severity_id: _, ...without } = ocsfOf(entry(), NOW) as Record<string, unknown>;
  expect(validate(without)).toBe(false);
});

test('whatever the text, every line is an event by the schema, and nothing in it is unsafe', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 3 }), (entries) => {
      const lines = ocsfLines(entries, NOW).split('\n').slice(0, -1);
      expect(lines).toHaveLength(entries.length);
      for (const line of lines) {
        expect(line).not.toMatch(UNSAFE);
        validate(JSON.parse(line));
        expect(validate.errors ?? []).toEqual([]);
      }
    }),
  );
});
