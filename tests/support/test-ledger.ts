import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT, admit } from '../../shared/ledger/breaker.ts';
import { chainErrors, START } from '../../shared/ledger/chain.ts';
import { take } from '../../shared/ledger/lease.ts';
import {
  type Ledger,
  NEW_RESOURCE,
  type ResourceState,
  resourceKey,
  type Session,
  type Update,
} from '../../shared/ledger/ledger.ts';
import type { QueuedNotice } from '../../shared/ledger/outbox.ts';
import type { Exemption, Finding, Remediation } from '../../shared/ledger/records.ts';
import { REGION, SAMPLE_ACCOUNT } from './sandbox.ts';

export const REF = {
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0a1b2c3d4e5f60718',
  accountId: SAMPLE_ACCOUNT,
  region: REGION,
};

export const findingOf = (controlId: string, rest: Partial<Finding> = {}): Finding => ({
  controlId,
  severity: 'HIGH',
  outcome: 'detected',
  annotation: 'It is so.',
  fingerprint: 'f',
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: '2026-01-02T00:00:00.000Z',
  rejection: null,
  retryAt: null,
  deadline: null,
  blocked: null,
  ...rest,
});

const ruleOf = (port: number, description: string) => ({
  id: `sgr-0b1c2d3e4f5a6${1000 + port}`,
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  cidrIpv4: port === 443 ? '10.0.0.0/8' : '0.0.0.0/0',
  cidrIpv6: null,
  prefixListId: null,
  referencedGroupId: null,
  description,
});

/** A record as a security group with four rules gives it. */
export const remediationOf = (id: string, rest: Partial<Remediation> = {}): Remediation => ({
  id,
  kind: 'remediation',
  undoes: null,
  controlId: 'ec2-security-group-admin-ports-restricted',
  service: 'ec2',
  severity: 'HIGH',
  ref: REF,
  status: 'applying',
  mode: 'remediate',
  annotation: 'Port 22 (SSH) is open to 0.0.0.0/0 by sgr-0b1c2d3e4f5a61022.',
  before: {
    group: {
      id: REF.resourceId,
      name: 'web',
      ownerId: SAMPLE_ACCOUNT,
      vpcId: 'vpc-0123456789abcdef0',
      description: '',
    },
    rules: [ruleOf(22, 'ssh, for the time being'), ruleOf(443, 'office'), ruleOf(80, 'web'), ruleOf(8443, 'admin')],
    tags: { env: 'prod', team: 'platform' },
  },
  after: null,
  afterCompliance: null,
  steps: [
    {
      service: 'ec2',
      operation: 'RevokeSecurityGroupIngress',
      input: { GroupId: REF.resourceId, SecurityGroupRuleIds: ['sgr-0b1c2d3e4f5a61022'] },
      region: REGION,
      elements: ['ingress tcp 22-22 0.0.0.0/0'],
      undo: [
        {
          service: 'ec2',
          operation: 'AuthorizeSecurityGroupIngress',
          input: {
            GroupId: REF.resourceId,
            IpPermissions: [
              {
                IpProtocol: 'tcp',
                FromPort: 22,
                ToPort: 22,
                IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'ssh, for the time being' }],
              },
            ],
          },
          region: REGION,
          satisfiedBy: ['InvalidPermission.Duplicate'],
        },
      ],
      status: 'made',
      requestId: '5c4b3a29-1807-46f5-9e4d-3c2b1a098f7e',
      error: null,
    },
  ],
  error: null,
  eventId: '0f1e2d3c-4b5a-4968-8776-655443322110',
  eventName: 'AuthorizeSecurityGroupIngress',
  attribution: {
    actor: 'arn:aws:sts::111122223333:assumed-role/Admin/jo@example.com',
    sourceIp: '203.0.113.7',
    userAgent:
      'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.67.0 aws-sdk-go-v2/1.30.5',
    tool: 'Terraform',
  },
  decidedBy: null,
  expires: null,
  recheckAt: null,
  times: {
    event: '2026-01-31T23:59:51Z',
    received: '2026-01-31T23:59:58.123Z',
    decided: '2026-01-31T23:59:59.456Z',
    applied: null,
    verified: null,
  },
  codeVersion: '0.2.0+1a2b3c4',
  policyVersion: '9f8e7d6c5b4a3928',
  ...rest,
});

/** The notification of a remediation, as an outbox keeps it. */
export const noticeOf = (record: Remediation, at: number): QueuedNotice => ({
  id: record.id,
  at,
  notice: {
    controlId: record.controlId,
    result: {
      eventId: record.eventId,
      eventName: record.eventName,
      controlId: record.controlId,
      resourceType: record.ref.resourceType,
      resourceId: record.ref.resourceId,
      accountId: record.ref.accountId,
      region: record.ref.region,
      outcome: 'remediated',
      before: 'NON_COMPLIANT',
      after: 'COMPLIANT',
      annotation: record.annotation,
      mode: 'remediate',
      steps: record.steps.map(({ service, operation, input }) => ({ service, operation, input })),
      remediationId: record.id,
      error: null,
    } as QueuedNotice['notice']['result'],
    attribution: record.attribution,
    eventTime: record.times.event,
    reversible: true,
  },
});

export const exemptionOf = (id: string, rest: Partial<Exemption> = {}): Exemption => ({
  id,
  control: 'c',
  resource: '*',
  owner: 'web@example.com',
  reason: 'r',
  expires: '2027-01-31',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'jo',
  ...rest,
});

/** Changes a resource's state, whatever it is. */
export async function change(
  ledger: Ledger,
  key: string,
  next: Partial<ResourceState>,
  rest: Partial<Update<void>> = {},
): Promise<Session> {
  const decide = (state: ResourceState) => ({ next: { ...state, ...next }, ...rest, answer: undefined });
  const [session] = await ledger.update(await ledger.load(key), decide);
  return session;
}

/** Saves a record of its resource, whatever it was. */
export async function saveRecord(ledger: Ledger, record: Remediation): Promise<Session> {
  const [session] = await ledger.adopt(await ledger.load(resourceKey(record.service, record.ref)), record.id);
  const [saved] = await ledger.update(session, () => ({ records: [record], answer: undefined }));
  return saved;
}

/** Gives every ledger the same proof. */
export function testLedger(name: string, make: () => Promise<Ledger>): void {
  describe(`the ledger ${name}`, () => {
    let ledger: Ledger;
    beforeAll(async () => {
      ledger = await make();
    });
    /** A resource of a test's own. */
    const place = (service = 'ec2', rest: Partial<typeof REF> = {}) => {
      const ref = { ...REF, resourceId: `sg-${randomUUID()}`, ...rest };
      return { ref, key: resourceKey(service, ref) };
    };

    test('knows nothing of what it was not told', async () => {
      for (const key of ['nobody', place().key, '__proto__'])
        expect(await ledger.load(key)).toEqual({
          key,
          version: 0,
          state: NEW_RESOURCE,
          shared: null,
          records: new Map(),
        });
      for (const id of ['nothing', '__proto__', '#']) expect(await ledger.remediation(id)).toBeNull();
    });

    test('keeps a state whole, apart for each resource', async () => {
      const [a, b] = [place().key, place().key];
      const state: Omit<ResourceState, 'head'> = {
        arn: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
        lease: take(NEW_RESOURCE.lease, 'ann', { requested: ['c'], handles: ['c', 'd'] }, 1) ?? NEW_RESOURCE.lease,
        findings: { c: findingOf('c'), d: findingOf('d', { annotation: 'ü' }) },
        flaps: { e: { times: [1], trippedAt: null, lastDrift: 2, controlId: 'c' } },
        open: [{ id: 'rem-1', controlId: 'c', status: 'applying' }],
        outbox: [noticeOf(remediationOf('rem-1'), 3)],
        lastKnown: { trail: { name: 'old' } },
        recheckAt: 4,
        changedHandsAt: 5,
      };
      const written = await change(ledger, a, state);
      expect(await ledger.load(a)).toEqual(written);
      expect(written).toMatchObject({ version: 1, state: { ...state, head: NEW_RESOURCE.head } });
      await change(ledger, b, { lastKnown: { other: 1 } });
      await change(ledger, a, { findings: {} });
      expect((await ledger.load(a)).state).toEqual({ ...written.state, findings: {} });
      expect((await ledger.load(b)).state).toEqual({ ...NEW_RESOURCE, lastKnown: { other: 1 } });
    });

    test('gives back what JSON keeps of a value, and a copy of it', async () => {
      const { key, ref } = place();
      const given = {
        absent: undefined,
        at: new Date('2026-01-01T00:00:00Z'),
        empty: '',
        holes: [undefined, null],
        deep: { text: 'ü € 😀 \u0000 "', number: 1e-7, none: null, sure: false },
      };
      const kept = {
        at: '2026-01-01T00:00:00.000Z',
        empty: '',
        holes: [null, null],
        deep: { text: 'ü € 😀 \u0000 "', number: 1e-7, none: null, sure: false },
      };
      const id = `rem-${randomUUID()}`;
      const record = remediationOf(id, { ref, before: given });
      const written = await change(ledger, key, { lastKnown: { given } }, { records: [record] });
      given.deep.text = 'changed';
      expect(written.state.lastKnown).toStrictEqual({ given: kept });
      expect((await ledger.load(key)).state.lastKnown).toStrictEqual({ given: kept });
      expect((await ledger.remediation(id))?.before).toStrictEqual(kept);
    });

    test.each([300, 500, 99_000, 2_000_000])('keeps documents of %i characters', async (length) => {
      const { key, ref } = place();
      const text = 'ä'.repeat(length);
      const record = remediationOf(`rem-${randomUUID()}`, { ref, before: text, after: text });
      await change(ledger, key, { lastKnown: { text } }, { records: [record] });
      expect(await ledger.remediation(record.id)).toEqual(record);
      expect((await ledger.load(key)).state.lastKnown).toEqual({ text });
    });

    test('refuses a document that no compression makes small enough, and keeps what was there', async () => {
      const { key } = place();
      await change(ledger, key, { lastKnown: { small: true } });
      const noise = Array.from({ length: 30_000 }, () => randomUUID()).join('');
      await expect(change(ledger, key, { lastKnown: { noise } })).rejects.toThrow(/size/);
      expect((await ledger.load(key)).state.lastKnown).toEqual({ small: true });
    });

    describe('update', () => {
      test('decides on what the session holds, without a read, and writes nothing where nothing changes', async () => {
        const { key } = place();
        const session = await change(ledger, key, { recheckAt: 1 });
        const [same, answer] = await ledger.update(session, (state, shared) => ({ answer: [state.recheckAt, shared] }));
        expect([same, answer]).toEqual([session, [1, null]]);
        expect((await ledger.load(key)).version).toBe(1);
      });

      test('decides again on what another run wrote first', async () => {
        const { key } = place();
        const session = await ledger.load(key);
        await change(ledger, key, { recheckAt: 7 });
        const seen: (number | null)[] = [];
        const [next] = await ledger.update(session, (state) => {
          seen.push(state.recheckAt);
          return { next: { ...state, changedHandsAt: 9 }, answer: undefined };
        });
        expect(seen).toEqual([null, 7]);
        expect(next).toMatchObject({ version: 2, state: { recheckAt: 7, changedHandsAt: 9 } });
        expect(await ledger.load(key)).toEqual(next);
      });

      test('decides again where only what goes with the state was written by another', async () => {
        const scope = `control-${randomUUID()}`;
        const { key } = place();
        const before = await ledger.loadShared(await ledger.load(key));
        const taking = (state: ResourceState, shared: Session['shared']) => {
          const book = shared?.breakers ?? new Map();
          const { refusedBy, writes } = admit(book, [{ scope, limit: 1 }], 5, () => 0);
          return { next: { ...state, recheckAt: 5 }, breakers: writes, answer: refusedBy };
        };
        expect((await ledger.update(await ledger.loadShared(await ledger.load(place().key)), taking))[1]).toBeNull();
        const [after, refusedBy] = await ledger.update(before, taking);
        expect(refusedBy).toBe(scope);
        expect(after.shared?.breakers.get(scope)).toEqual((await ledger.loadShared(after)).shared?.breakers.get(scope));
      });

      test('holds what it writes without a change of the state against the state that it was decided on', async () => {
        const { key, ref } = place();
        const record = remediationOf(`rem-${randomUUID()}`, { ref });
        const begun = await saveRecord(ledger, record);
        await change(ledger, key, { recheckAt: 1 });
        const seen: (number | null)[] = [];
        await ledger.update(begun, (state) => {
          seen.push(state.recheckAt);
          return { records: [{ ...record, error: 'on its way' }], answer: undefined };
        });
        expect(seen).toEqual([null, 1]);
        expect((await ledger.load(key)).version).toBe(2);
        expect(await ledger.remediation(record.id)).toMatchObject({ error: 'on its way' });
      });

      test('writes all or nothing, and passes on what a decision throws', async () => {
        const { key } = place();
        const record = remediationOf(`rem-${randomUUID()}`, { ref: { ...REF, resourceId: 'another' } });
        await expect(change(ledger, key, { recheckAt: 1 }, { records: [record] })).rejects.toThrow(
          `${record.id} is a record of another resource than ${key}`,
        );
        const session = await ledger.load(key);
        await expect(
          ledger.update(session, () => {
            throw new TypeError('no');
          }),
        ).rejects.toThrow(TypeError);
        expect(await ledger.load(key)).toEqual(session);
      });

      test('writes what is decided twice once: the last, and every link of it', async () => {
        const { key, ref } = place();
        const session = await ledger.load(key);
        const record = remediationOf(`rem-${randomUUID()}`, { ref });
        const done: Remediation = { ...record, status: 'remediated' };
        const [next] = await ledger.update(session, (state) => ({
          next: state,
          records: [record, done],
          exemptions: [exemptionOf(record.id), exemptionOf(record.id, { reason: 'last' })],
          announcements: ['one', 'two'].map((text) => ({
            key: record.id,
            announcement: { severity: 'HIGH' as const, subject: '', text },
          })),
          answer: undefined,
        }));
        expect(await ledger.remediation(record.id)).toEqual(done);
        expect((await ledger.chain(key)).links.map(({ phase }) => phase)).toEqual(['begun', 'ended']);
        expect((await ledger.exemptions()).filter(({ id }) => id === record.id)).toEqual([
          exemptionOf(record.id, { reason: 'last' }),
        ]);
        const claimed = (await ledger.announcements.claim(1)).filter((one) => one.key === record.id);
        expect(claimed.map(({ announcement }) => announcement.text)).toEqual(['two']);
        const [after] = await ledger.update(next, () => ({ records: [{ ...done, error: 'e' }], answer: undefined }));
        expect(after.records.get(record.id)).toMatchObject({ version: 2 });
      });

      test('of many runs at once loses nothing', async () => {
        const { key } = place();
        const add = async () => {
          const [, turn] = await ledger.update(await ledger.load(key), (state) => ({
            next: { ...state, changedHandsAt: state.changedHandsAt + 1 },
            answer: state.changedHandsAt,
          }));
          return turn;
        };
        const turns = await Promise.all(Array.from({ length: 8 }, add));
        expect([...turns].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(await ledger.load(key)).toMatchObject({ version: 8, state: { changedHandsAt: 8 } });
      });
    });

    describe('records', () => {
      test('are replaced whole, and adopted by a run that has not seen them', async () => {
        const { key, ref } = place();
        const id = `rem-${randomUUID()}`;
        const waiting = remediationOf(id, { ref, status: 'awaitingApproval' });
        await saveRecord(ledger, waiting);
        const [session, found] = await ledger.adopt(await ledger.load(key), id);
        expect(found).toEqual(waiting);
        const done: Remediation = { ...waiting, status: 'rejected', steps: [], decidedBy: 'jo' };
        await ledger.update(session, () => ({ records: [done], answer: undefined }));
        expect(await ledger.remediation(id)).toEqual(done);
        expect((await ledger.adopt(session, 'rem-none'))[1]).toBeNull();
        await expect(ledger.adopt(await ledger.load(place().key), id)).rejects.toThrow('another resource');
      });

      test('that a run did not adopt are taken from where they are', async () => {
        const { ref } = place();
        const record = remediationOf(`rem-${randomUUID()}`, { ref });
        await saveRecord(ledger, record);
        const session = await ledger.load(resourceKey('ec2', ref));
        await ledger.update(session, () => ({ records: [{ ...record, status: 'remediated' }], answer: undefined }));
        const { links } = await ledger.chain(session.key);
        expect(links.map(({ phase }) => phase)).toEqual(['begun', 'ended']);
      });

      test('may not become what their status does not allow, also where another run has decided meanwhile', async () => {
        const { key, ref } = place();
        const waiting = remediationOf(`rem-${randomUUID()}`, { ref, status: 'awaitingApproval' });
        const session = await saveRecord(ledger, waiting);
        await saveRecord(ledger, { ...waiting, status: 'rejected' });
        const applying = ledger.update(session, () => ({
          records: [{ ...waiting, status: 'applying' as const }],
          answer: undefined,
        }));
        await expect(applying).rejects.toThrow(`${waiting.id} is rejected by now and cannot become applying`);
        expect(await ledger.remediation(waiting.id)).toMatchObject({ status: 'rejected' });
        expect((await ledger.chain(key)).links).toHaveLength(2);
      });

      test('are chained when they begin and when they end, by resource', async () => {
        const [one, two] = [place(), place()];
        const [a, b, c] = ['a', 'b', 'c'].map((name) => remediationOf(`rem-${name}-${randomUUID()}`, { ref: one.ref }));
        const other = remediationOf(`rem-other-${randomUUID()}`, { ref: two.ref });
        if (a === undefined || b === undefined || c === undefined) throw new Error('no records');
        await change(ledger, one.key, {}, { records: [a, b] });
        await saveRecord(ledger, other);
        await saveRecord(ledger, { ...a, status: 'pending' });
        await saveRecord(ledger, { ...a, status: 'remediated' });
        await saveRecord(ledger, { ...c, status: 'failed' });
        await saveRecord(ledger, { ...b, status: 'interrupted' });
        const session = await saveRecord(ledger, { ...b, status: 'failed' });
        const { head, links } = await ledger.chain(one.key);
        expect(links.map(({ sequence, remediationId, phase }) => [sequence, remediationId, phase])).toEqual([
          [1, a.id, 'begun'],
          [2, b.id, 'begun'],
          [3, a.id, 'ended'],
          [4, c.id, 'ended'],
          [5, b.id, 'ended'],
          [6, b.id, 'ended'],
        ]);
        expect(head).toEqual(session.state.head);
        const chains = await ledger.chains();
        for (const { key } of [one, two]) {
          const chain = chains.get(key);
          expect({ head: chain?.head, links: chain?.links }).toEqual(await ledger.chain(key));
          expect(chainErrors(chain?.head ?? head, chain?.links ?? [], (id) => chain?.evidence.get(id) ?? null)).toEqual(
            [],
          );
        }
        expect(await ledger.chainKeys()).toEqual(expect.arrayContaining([one.key, two.key]));
        expect(await ledger.chainKeys()).not.toContain(place().key);
      });

      test('that were blocked begin again under the same id', async () => {
        const { key, ref } = place();
        const record = remediationOf(`rem-${randomUUID()}`, { ref });
        for (const status of ['applying', 'blocked', 'applying', 'remediated'] as const)
          await saveRecord(ledger, { ...record, status });
        const chain = (await ledger.chains()).get(key);
        expect(chain?.links.map(({ phase }) => phase)).toEqual(['begun', 'ended', 'begun', 'ended']);
        expect(chainErrors(chain?.head ?? START, chain?.links ?? [], (id) => chain?.evidence.get(id) ?? null)).toEqual(
          [],
        );
      });

      test('are listed by the time they were decided, from a moment on', async () => {
        const decidedAt = async (name: string, decided: string) => {
          const record = remediationOf(`rem-${name}`, { ref: place().ref });
          await saveRecord(ledger, { ...record, times: { ...record.times, decided } });
        };
        await decidedAt('b', '2027-01-31T00:00:00.000Z');
        await decidedAt('a', '2027-01-30T00:00:00.000Z');
        await decidedAt('c', '2027-02-01T00:00:00.000Z');
        const since = async (at: string) => (await Array.fromAsync(ledger.remediations(at))).map(({ id }) => id);
        expect(await since('2027-01-01')).toEqual(['rem-a', 'rem-b', 'rem-c']);
        expect(await since('2027-01-31')).toEqual(['rem-b', 'rem-c']);
      });
    });

    describe('lists', () => {
      test('open findings with their resource', async () => {
        const { key, ref } = place();
        const arn = 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1';
        await change(ledger, key, { arn, findings: { a: findingOf('a'), b: findingOf('b') } });
        const own = async () => (await Array.fromAsync(ledger.openFindings())).filter((one) => one.key === key);
        expect(await own()).toEqual([
          { ...findingOf('a'), key, ref, arn },
          { ...findingOf('b'), key, ref, arn },
        ]);
        await change(ledger, key, { findings: {} });
        expect(await own()).toEqual([]);
      });

      test('the resources of which something is open or remembered, and leaves out all others', async () => {
        const region = `region-${randomUUID()}`;
        const lease = take(NEW_RESOURCE.lease, 'ann', { requested: ['c'], handles: ['c'] }, 1) ?? NEW_RESOURCE.lease;
        const reasons: readonly (readonly [string, Partial<ResourceState>])[] = [
          ['finding', { findings: { a: findingOf('a') } }],
          ['lease', { lease }],
          ['outbox', { outbox: [noticeOf(remediationOf('r'), 1)] }],
          ['record', { open: [{ id: 'r', controlId: 'c', status: 'pending' }] }],
          ['recheck', { recheckAt: 1 }],
          ['remembered', { lastKnown: { a: 1 } }],
          ['x-flap', { flaps: { e: { times: [1], trippedAt: null, lastDrift: 1, controlId: 'c' } } }],
          ['x-nothing', { changedHandsAt: 1 }],
        ];
        for (const [resourceId, reason] of reasons)
          await change(ledger, place('ec2', { region, resourceId }).key, reason);
        const prefix = `${SAMPLE_ACCOUNT}|${region}|`;
        const active = await Array.fromAsync(ledger.active(prefix));
        expect(active.map(({ key }) => key.split('|').at(-1))).toEqual(
          reasons
            .map(([reason]) => reason)
            .filter((reason) => !reason.startsWith('x-'))
            .sort(),
        );
        expect(active.map(({ key }) => key)).toEqual(
          (await Array.fromAsync(ledger.active())).map(({ key }) => key).filter((key) => key.startsWith(prefix)),
        );
        for (const { key, state } of active) expect(state).toEqual((await ledger.load(key)).state);
        for (const { key } of active) await change(ledger, key, NEW_RESOURCE);
        expect(await Array.fromAsync(ledger.active(prefix))).toEqual([]);
      });

      test('what is remembered, by service and region', async () => {
        const scope = { accountId: randomUUID(), region: 'eu-west-1', service: 'cloudtrail' };
        const keyOf = (rest: Partial<typeof scope>, resourceId: string) =>
          resourceKey(rest.service ?? scope.service, { ...REF, ...scope, ...rest, resourceId });
        const others = [{ service: 'cloudtrails' }, { service: 'cloud' }, { region: 'eu-west-2' }];
        for (const other of others) await change(ledger, keyOf(other, 'other'), { lastKnown: { a: 1 } });
        for (const id of ['b', 'a']) await change(ledger, keyOf({}, id), { lastKnown: { a: 1 } });
        await change(ledger, keyOf({}, 'c'), { findings: { a: findingOf('a') } });
        expect(await Array.fromAsync(ledger.remembered(scope))).toEqual([keyOf({}, 'a'), keyOf({}, 'b')]);
        expect(await Array.fromAsync(ledger.remembered({ ...scope, region: 'us-east-1' }))).toEqual([]);
      });
    });

    describe('what holds for everybody', () => {
      test('is one read: pauses, exemptions and breakers', async () => {
        const scope = `control-${randomUUID()}`;
        const pause = { control: scope, reason: 'r', by: 'jo', at: '2026-01-01T00:00:00.000Z' };
        const exemption = exemptionOf(`ex-${randomUUID()}`, { elements: ['e'] });
        await ledger.pause(pause);
        await ledger.saveExemption(exemption);
        const session = await ledger.loadShared(await ledger.load(place().key));
        expect(session.shared?.pauses).toContainEqual(pause);
        expect(session.shared?.exemptions).toContainEqual(exemption);
        expect(session.shared?.breakers.get(scope)).toBeUndefined();
        expect(await ledger.pauses()).toEqual(session.shared?.pauses);
        expect(await ledger.exemptions()).toEqual(session.shared?.exemptions);
      });

      test('pauses begin, are replaced and end, each for its control or for all', async () => {
        const control = `control-${randomUUID()}`;
        const pause = { control, reason: 'r', by: 'jo', at: '2026-01-01T00:00:00.000Z' };
        const all = { ...pause, control: null };
        for (const one of [pause, all, { ...pause, reason: 'another' }]) await ledger.pause(one);
        const own = async () => (await ledger.pauses()).filter((one) => one.control === control);
        expect(await own()).toEqual([{ ...pause, reason: 'another' }]);
        expect(await ledger.resume(control)).toBe(true);
        expect(await ledger.resume(control)).toBe(false);
        expect(await own()).toEqual([]);
        expect(await ledger.pauses()).toContainEqual(all);
        await ledger.pause(pause);
        expect(await own()).toEqual([pause]);
        for (const one of [control, null]) expect(await ledger.resume(one)).toBe(true);
      });

      test('an exemption that goes with a decision stands with it, also where one of its id stood before', async () => {
        const id = `ex-${randomUUID()}`;
        await ledger.saveExemption(exemptionOf(id, { reason: 'before' }));
        const session = await ledger.loadShared(await ledger.load(place().key));
        const exemption = exemptionOf(id, { reason: 'after' });
        const [next] = await ledger.update(session, (state) => ({
          next: { ...state, recheckAt: 1 },
          exemptions: [exemption],
          answer: undefined,
        }));
        const own = (all: readonly Exemption[] = []) => all.filter((one) => one.id === id);
        expect(own(await ledger.exemptions())).toEqual([exemption]);
        expect(own(next.shared?.exemptions)).toEqual([exemption]);
      });

      test('breakers are read together, and closed by hand', async () => {
        const scope = `control-${randomUUID()}`;
        const session = await ledger.loadShared(await ledger.load(place().key));
        const scopes = [{ scope, limit: 2 }];
        const take = (now: number) => (state: ResourceState, shared: Session['shared']) => {
          const { refusedBy, writes } = admit(shared?.breakers ?? new Map(), scopes, now, () => 0);
          return { next: state, breakers: writes, answer: refusedBy };
        };
        let current = session;
        const refused: (string | null)[] = [];
        for (const now of [1, 2, 3]) {
          const [next, refusedBy] = await ledger.update(current, take(now));
          current = next;
          refused.push(refusedBy);
        }
        expect(refused).toEqual([null, null, scope]);
        expect((await ledger.breakers.all()).get(scope)).toEqual({ times: [1, 2], openedAt: 3, probeUntil: null });
        await ledger.breakers.close(scope);
        await ledger.breakers.close(`nothing of ${scope}`);
        expect((await ledger.breakers.all()).get(scope)).toEqual({ times: [], openedAt: null, probeUntil: null });
        expect((await ledger.update(await ledger.loadShared(current), take(4)))[1]).toBeNull();
        expect((await ledger.breakers.all()).has(ACCOUNT)).toBe(false);
      });
    });

    test('marks something once, whoever asks', async () => {
      const key = `mark-${randomUUID()}`;
      expect(await ledger.wasMarked(key)).toBe(false);
      const answers = await Promise.all([1, 2, 3, 4].map(() => ledger.markOnce(key)));
      expect(answers.filter((first) => first)).toHaveLength(1);
      expect(await ledger.markOnce(key)).toBe(false);
      expect(await ledger.wasMarked(key)).toBe(true);
    });
  });
}
