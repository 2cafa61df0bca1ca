import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Finding, type Ledger, type Remediation, resourceKey } from '../../shared/ledger/ledger.ts';
import { REGION, SAMPLE_ACCOUNT } from './sandbox.ts';

const REF = {
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  accountId: SAMPLE_ACCOUNT,
  region: REGION,
};

export const findingOf = (controlId: string, rest: Partial<Finding> = {}): Finding => ({
  controlId,
  ref: REF,
  arn: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
  status: 'open',
  severity: 'HIGH',
  outcome: 'detected',
  annotation: 'It is so.',
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: '2026-01-02T00:00:00.000Z',
  timesSeen: 1,
  untold: null,
  rejection: null,
  ...rest,
});

export const remediationOf = (id: string, rest: Partial<Remediation> = {}): Remediation => ({
  id,
  kind: 'remediation',
  undoes: null,
  controlId: 'c',
  service: 'ec2',
  severity: 'HIGH',
  ref: REF,
  status: 'applying',
  mode: 'remediate',
  annotation: 'It was so.',
  before: { rules: [{ id: 'sgr-1', description: '' }], tags: [], website: null },
  after: null,
  afterCompliance: null,
  steps: [
    {
      service: 'ec2',
      operation: 'RevokeSecurityGroupIngress',
      input: { GroupId: 'sg-1' },
      undo: [
        { service: 'ec2', operation: 'AuthorizeSecurityGroupIngress', input: { GroupId: 'sg-1' }, region: REGION },
      ],
      status: 'made',
      requestId: 'r',
      error: null,
    },
  ],
  error: null,
  eventId: 'e',
  eventName: 'AuthorizeSecurityGroupIngress',
  attribution: { actor: 'jo', sourceIp: null, userAgent: '', tool: 'CLI' },
  decidedBy: null,
  expires: null,
  times: {
    event: null,
    received: '2026-01-31T23:59:58.000Z',
    decided: '2026-01-31T23:59:59.000Z',
    applied: null,
    verified: null,
  },
  codeVersion: '1',
  policyVersion: 'v1',
  ...rest,
});

/** Gives every ledger the same proof. */
export function testLedger(name: string, make: () => Promise<Ledger>): void {
  describe(`the ledger ${name}`, () => {
    let ledger: Ledger;
    beforeAll(async () => {
      ledger = await make();
    });

    test('knows nothing of what it was not told', async () => {
      expect(await ledger.recall('nobody')).toMatchObject({ findings: [], lastKnown: null, open: [], held: false });
      for (const id of ['nothing', '__proto__', '#']) expect(await ledger.remediation(id)).toBeNull();
    });

    test('keeps the latest finding of each control, apart for each resource', async () => {
      const [key, other] = [
        '1|eu-west-1|ec2|AWS::EC2::SecurityGroup|sg-1',
        '1|eu-west-1|ec2|AWS::EC2::SecurityGroup|sg-11',
      ];
      await ledger.saveFinding(key, findingOf('a'));
      await ledger.saveFinding(key, findingOf('b'));
      await ledger.saveFinding(key, findingOf('a', { status: 'resolved', timesSeen: 2 }));
      await ledger.saveFinding(other, findingOf('a', { outcome: 'failed' }));
      const { findings } = await ledger.recall(key);
      expect(findings.toSorted((x, y) => x.controlId.localeCompare(y.controlId))).toEqual([
        findingOf('a', { status: 'resolved', timesSeen: 2 }),
        findingOf('b'),
      ]);
      expect((await ledger.recall(other)).findings).toEqual([findingOf('a', { outcome: 'failed' })]);
    });

    test('keeps the last known state beside the findings', async () => {
      await ledger.saveFinding('beside', findingOf('a'));
      await ledger.remember('beside', { trail: { name: 'old' } });
      await ledger.remember('beside', { trail: { name: 'new' } });
      expect(await ledger.recall('beside')).toMatchObject({
        findings: [findingOf('a')],
        lastKnown: { trail: { name: 'new' } },
      });
      expect((await ledger.recall('another')).lastKnown).toBeNull();
    });

    test('names what it remembers, by service and region', async () => {
      const keyOf = (scope: { accountId: string; region: string; service: string }, id: string) =>
        resourceKey(scope.service, { ...REF, ...scope, resourceId: id });
      const scope = { accountId: '1', region: 'eu-west-1', service: 'cloudtrail' };
      const others = [{ service: 'cloudtrails' }, { service: 'cloud' }, { region: 'eu-west-2' }, { accountId: '11' }];
      for (const other of others) await ledger.remember(keyOf({ ...scope, ...other }, 'other'), {});
      for (const id of ['b', 'a', 'b']) await ledger.remember(keyOf(scope, id), {});
      expect(await Array.fromAsync(ledger.remembered(scope))).toEqual([keyOf(scope, 'a'), keyOf(scope, 'b')]);
      expect(await Array.fromAsync(ledger.remembered({ ...scope, region: 'us-east-1' }))).toEqual([]);
    });

    test('replaces the record of a remediation, whole', async () => {
      const done = remediationOf('rem-1', {
        status: 'remediated',
        steps: [],
        after: { rules: [] },
        afterCompliance: 'COMPLIANT',
      });
      await ledger.saveRemediation(remediationOf('rem-1'));
      await ledger.saveRemediation(remediationOf('rem-2'));
      expect(await ledger.remediation('rem-1')).toEqual(remediationOf('rem-1'));
      await ledger.saveRemediation(done);
      expect(await ledger.remediation('rem-1')).toEqual(done);
      expect(await ledger.remediation('rem-2')).toEqual(remediationOf('rem-2'));
    });

    test('gives back what JSON keeps of a value, and a copy of it', async () => {
      const state = {
        absent: undefined,
        at: new Date('2026-01-01T00:00:00Z'),
        empty: '',
        list: [],
        holes: [undefined, null],
        deep: { text: 'ü € 😀 \u0000 "', number: 1e-7, none: null, sure: false },
      };
      await ledger.remember('json', state);
      await ledger.saveRemediation(remediationOf('json', { before: state }));
      state.deep.text = 'changed';
      const wanted = {
        at: '2026-01-01T00:00:00.000Z',
        empty: '',
        list: [],
        holes: [null, null],
        deep: { text: 'ü € 😀 \u0000 "', number: 1e-7, none: null, sure: false },
      };
      const { lastKnown } = await ledger.recall('json');
      const record = await ledger.remediation('json');
      expect([lastKnown, record?.before]).toStrictEqual([wanted, wanted]);
    });

    test.each([99_000, 101_000, 2_000_000])('keeps a document of %i characters', async (length) => {
      const state = { rules: 'ä'.repeat(length) };
      await ledger.saveRemediation(remediationOf('large', { before: state, after: state }));
      await ledger.remember('large', state);
      expect(await ledger.remediation('large')).toEqual(remediationOf('large', { before: state, after: state }));
      expect((await ledger.recall('large')).lastKnown).toEqual(state);
    });

    test('gives all findings of a resource, also where they fill more than one answer', async () => {
      const annotation = 'x'.repeat(90_000);
      const ids = Array.from({ length: 15 }, (_, number) => `control-${number}`);
      for (const id of ids) await ledger.saveFinding('many', findingOf(id, { annotation }));
      const { findings } = await ledger.recall('many');
      expect(findings.map(({ controlId }) => controlId).sort()).toEqual(ids.toSorted());
    });
  });
}
