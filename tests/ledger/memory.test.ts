import { describe, expect, test } from '@jest/globals';
import { type Finding, type Remediation, readOnly, resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';

const REF = {
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  accountId: '111122223333',
  region: 'eu-west-1',
};
const finding = (controlId: string, rest: Partial<Finding> = {}): Finding => ({
  controlId,
  ref: REF,
  arn: 'arn:sg-1',
  status: 'open',
  severity: 'HIGH',
  outcome: 'detected',
  annotation: 'It is so.',
  firstSeen: '2026-01-01T00:00:00Z',
  lastSeen: '2026-01-01T00:00:00Z',
  timesSeen: 1,
  untold: null,
  rejection: null,
  ...rest,
});
const remediation = (id: string, rest: Partial<Remediation> = {}): Remediation => ({
  id,
  kind: 'remediation',
  undoes: null,
  controlId: 'c',
  severity: 'HIGH',
  service: 'ec2',
  ref: REF,
  status: 'applying',
  mode: 'remediate',
  annotation: 'It was so.',
  before: { rules: [] },
  after: null,
  afterCompliance: null,
  steps: [],
  error: null,
  eventId: null,
  eventName: null,
  attribution: null,
  decidedBy: null,
  expires: null,
  times: { event: null, received: '', decided: '2026-01-01T00:00:00Z', applied: null, verified: null },
  codeVersion: 'c1',
  policyVersion: 'v1',
  ...rest,
});

const NOTHING = { findings: [], lastKnown: null, open: [], flaps: new Map(), held: false, leftBehind: [] };

describe('the ledger in memory', () => {
  test('remembers nothing of what it was not told', async () => {
    const ledger = memoryLedger();
    expect(await ledger.recall('k')).toEqual(NOTHING);
    expect(await ledger.remediation('rem-1')).toBeNull();
    expect(await ledger.remediation('__proto__')).toBeNull();
  });

  test('keeps one finding for each control of a resource: the latest', async () => {
    const ledger = memoryLedger();
    await ledger.saveFinding('k', finding('a'));
    await ledger.saveFinding('k', finding('b'));
    await ledger.saveFinding('k', finding('a', { timesSeen: 2 }));
    await ledger.saveFinding('other', finding('a', { status: 'resolved' }));
    expect((await ledger.recall('k')).findings).toEqual([finding('a', { timesSeen: 2 }), finding('b')]);
    expect((await ledger.recall('other')).findings).toEqual([finding('a', { status: 'resolved' })]);
  });

  test('keeps the last known state as it was, whatever becomes of what it was given', async () => {
    const ledger = memoryLedger();
    const state = { trail: { bucket: 'logs' } };
    await ledger.remember('k', state);
    state.trail.bucket = 'elsewhere';
    expect((await ledger.recall('k')).lastKnown).toEqual({ trail: { bucket: 'logs' } });
    expect((await ledger.recall('other')).lastKnown).toBeNull();
  });

  test('replaces the record of a remediation, whole', async () => {
    const ledger = memoryLedger();
    await ledger.saveRemediation(remediation('rem-1'));
    await ledger.saveRemediation(remediation('rem-2'));
    await ledger.saveRemediation(remediation('rem-1', { status: 'remediated' }));
    expect(await ledger.remediation('rem-1')).toEqual(remediation('rem-1', { status: 'remediated' }));
    expect(await ledger.remediation('rem-2')).toEqual(remediation('rem-2'));
  });

  describe('lets a record', () => {
    const states = [
      'awaitingApproval',
      'applying',
      'remediated',
      'failed',
      'interrupted',
      'rejected',
      'expired',
      'superseded',
    ] as const;
    const allowed: Readonly<Record<string, readonly string[]>> = {
      awaitingApproval: states,
      applying: ['applying', 'remediated', 'failed', 'interrupted'],
      remediated: ['remediated', 'failed', 'interrupted'],
      failed: ['remediated', 'failed', 'interrupted'],
      interrupted: ['remediated', 'failed', 'interrupted'],
      rejected: [],
      expired: [],
      superseded: [],
    };
    const pairs = states.flatMap((from) =>
      states.map((to) => [from, to, allowed[from]?.includes(to) ?? false] as const),
    );
    test.each(pairs)('that is %s become %s: %s', async (from, to, may) => {
      const ledger = memoryLedger();
      await ledger.saveRemediation(remediation('rem-1', { status: from }));
      const saved = ledger.saveRemediation(remediation('rem-1', { status: to }));
      if (may) await saved;
      else await expect(saved).rejects.toThrow(`rem-1 is ${from} by now and cannot become ${to}`);
      expect(await ledger.remediation('rem-1')).toMatchObject({ status: may ? to : from });
    });
  });

  test('knows which records are open', async () => {
    const ledger = memoryLedger();
    const key = resourceKey('ec2', REF);
    await ledger.saveRemediation(remediation('rem-1'));
    await ledger.saveRemediation(remediation('rem-2', { status: 'awaitingApproval' }));
    await ledger.saveRemediation(remediation('rem-3', { ref: { ...REF, resourceId: 'sg-2' } }));
    expect((await ledger.recall(key)).open).toEqual(['rem-1', 'rem-2']);
    await ledger.saveRemediation(remediation('rem-1', { status: 'failed' }));
    await ledger.saveRemediation(remediation('rem-2', { status: 'rejected' }));
    expect((await ledger.recall(key)).open).toEqual([]);
    expect((await ledger.chain(key)).links.map(({ remediationId, phase }) => `${remediationId} ${phase}`)).toEqual([
      'rem-1 begun',
      'rem-2 begun',
      'rem-1 ended',
      'rem-2 ended',
    ]);
  });

  test('is no other ledger', async () => {
    await memoryLedger().remember('k', { a: 1 });
    expect((await memoryLedger().recall('k')).lastKnown).toBeNull();
  });
});

test('a ledger that is only read keeps what it has', async () => {
  const ledger = memoryLedger();
  await ledger.saveFinding('k', finding('a'));
  await ledger.remember('k', { a: 1 });
  await ledger.saveRemediation(remediation('rem-1'));
  const dry = readOnly(ledger);
  await dry.saveFinding('k', finding('b'));
  await dry.remember('k', { a: 2 });
  await dry.saveRemediation(remediation('rem-2'));
  for (const either of [ledger, dry]) {
    expect(await either.recall('k')).toEqual({ ...NOTHING, findings: [finding('a')], lastKnown: { a: 1 } });
    expect(await either.remediation('rem-1')).toEqual(remediation('rem-1'));
    expect(await either.remediation('rem-2')).toBeNull();
  }
});

test('no two resources share a key', () => {
  const refs = [
    REF,
    { ...REF, resourceId: 'sg-2' },
    { ...REF, region: 'us-east-1' },
    { ...REF, accountId: '444455556666' },
    { ...REF, resourceType: 'AWS::EC2::VPC' },
  ];
  const keys = [...refs.map((ref) => resourceKey('ec2', ref)), resourceKey('s3', REF)];
  expect(new Set(keys).size).toBe(keys.length);
});
