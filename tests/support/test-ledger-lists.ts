import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, admit } from '../../shared/ledger/breaker.ts';
import { chainErrors, START } from '../../shared/ledger/chain.ts';
import { take } from '../../shared/ledger/lease.ts';
import {
  type Ledger,
  NEW_RESOURCE,
  type ResourceState,
  resourceKey,
  type Session,
} from '../../shared/ledger/ledger.ts';
import type { Exemption, Remediation } from '../../shared/ledger/records.ts';
import {
  change,
  exemptionOf,
  findingOf,
  noticeOf,
  ownResource,
  REF,
  remediationOf,
  saveRecord,
} from './ledger-fixtures.ts';
import { SAMPLE_ACCOUNT } from './samples.ts';

/** What every ledger promises of records and chains. */
export function recordsContract(ledger: () => Ledger): void {
  describe('records', () => {
    test('are replaced whole, and adopted by a run that has not seen them', async () => {
      const { key, ref } = ownResource();
      const id = `rem-${randomUUID()}`;
      const waiting = remediationOf(id, { ref, status: 'awaitingApproval' });
      await saveRecord(ledger(), waiting);
      const [session, found] = await ledger().adopt(await ledger().load(key), id);
      expect(found).toEqual(waiting);
      const done: Remediation = { ...waiting, status: 'rejected', steps: [], decidedBy: 'jo' };
      await ledger().update(session, () => ({ records: [done], answer: undefined }));
      expect(await ledger().remediation(id)).toEqual(done);
      expect((await ledger().adopt(session, 'rem-none'))[1]).toBeNull();
      await expect(ledger().adopt(await ledger().load(ownResource().key), id)).rejects.toThrow('another resource');
    });

    test('that a run did not adopt are taken from where they are', async () => {
      const { ref } = ownResource();
      const record = remediationOf(`rem-${randomUUID()}`, { ref });
      await saveRecord(ledger(), record);
      const session = await ledger().load(resourceKey('ec2', ref));
      await ledger().update(session, () => ({ records: [{ ...record, status: 'remediated' }], answer: undefined }));
      const { links } = await ledger().chain(session.key);
      expect(links.map(({ phase }) => phase)).toEqual(['begun', 'ended']);
    });

    test('may not become what their status does not allow, also where another run has decided meanwhile', async () => {
      const { key, ref } = ownResource();
      const waiting = remediationOf(`rem-${randomUUID()}`, { ref, status: 'awaitingApproval' });
      const session = await saveRecord(ledger(), waiting);
      await saveRecord(ledger(), { ...waiting, status: 'rejected' });
      const applying = ledger().update(session, () => ({
        records: [{ ...waiting, status: 'applying' as const }],
        answer: undefined,
      }));
      await expect(applying).rejects.toThrow(`${waiting.id} is rejected by now and cannot become applying`);
      expect(await ledger().remediation(waiting.id)).toMatchObject({ status: 'rejected' });
      expect((await ledger().chain(key)).links).toHaveLength(2);
    });

    test('are chained when they begin and when they end, by resource', async () => {
      const [one, two] = [ownResource(), ownResource()];
      const [a, b, c] = ['a', 'b', 'c'].map((name) => remediationOf(`rem-${name}-${randomUUID()}`, { ref: one.ref }));
      const other = remediationOf(`rem-other-${randomUUID()}`, { ref: two.ref });
      if (a === undefined || b === undefined || c === undefined) throw new Error('no records');
      await change(ledger(), one.key, {}, { records: [a, b] });
      await saveRecord(ledger(), other);
      await saveRecord(ledger(), { ...a, status: 'pending' });
      await saveRecord(ledger(), { ...a, status: 'remediated' });
      await saveRecord(ledger(), { ...c, status: 'failed' });
      await saveRecord(ledger(), { ...b, status: 'interrupted' });
      const session = await saveRecord(ledger(), { ...b, status: 'failed' });
      const { head, links } = await ledger().chain(one.key);
      expect(links.map(({ sequence, remediationId, phase }) => [sequence, remediationId, phase])).toEqual([
        [1, a.id, 'begun'],
        [2, b.id, 'begun'],
        [3, a.id, 'ended'],
        [4, c.id, 'ended'],
        [5, b.id, 'ended'],
        [6, b.id, 'ended'],
      ]);
      expect(head).toEqual(session.state.head);
      const chains = await ledger().chains();
      for (const { key } of [one, two]) {
        const chain = chains.get(key);
        expect(chain).toEqual(await ledger().chain(key));
        expect(chainErrors(chain?.head ?? head, chain?.links ?? [], (id) => chain?.evidence.get(id) ?? null)).toEqual(
          [],
        );
      }
      expect(await ledger().chainKeys()).toEqual(expect.arrayContaining([one.key, two.key]));
      expect(await ledger().chainKeys()).not.toContain(ownResource().key);
    });

    test('that were blocked begin again under the same id', async () => {
      const { key, ref } = ownResource();
      const record = remediationOf(`rem-${randomUUID()}`, { ref });
      for (const status of ['applying', 'blocked', 'applying', 'remediated'] as const)
        await saveRecord(ledger(), { ...record, status });
      const chain = (await ledger().chains()).get(key);
      expect(chain?.links.map(({ phase }) => phase)).toEqual(['begun', 'ended', 'begun', 'ended']);
      expect(chainErrors(chain?.head ?? START, chain?.links ?? [], (id) => chain?.evidence.get(id) ?? null)).toEqual(
        [],
      );
    });

    test('are listed by the time they were decided, from a moment on', async () => {
      const decidedAt = async (name: string, decided: string) => {
        const record = remediationOf(`rem-${name}`, { ref: ownResource().ref });
        await saveRecord(ledger(), { ...record, times: { ...record.times, decided } });
      };
      await decidedAt('b', '2027-01-31T00:00:00.000Z');
      await decidedAt('a', '2027-01-30T00:00:00.000Z');
      await decidedAt('c', '2027-02-01T00:00:00.000Z');
      const since = async (at: string) => (await Array.fromAsync(ledger().remediations(at))).map(({ id }) => id);
      expect(await since('2027-01-01')).toEqual(['rem-a', 'rem-b', 'rem-c']);
      expect(await since('2027-01-31')).toEqual(['rem-b', 'rem-c']);
    });
  });
}

/** What every ledger lists. */
export function listsContract(ledger: () => Ledger): void {
  describe('lists', () => {
    test('open findings with their resource', async () => {
      const { key, ref } = ownResource();
      const arn = 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1';
      await change(ledger(), key, { arn, findings: { a: findingOf('a'), b: findingOf('b') } });
      const own = async () => (await Array.fromAsync(ledger().openFindings())).filter((one) => one.key === key);
      expect(await own()).toEqual([
        { ...findingOf('a'), key, ref, arn },
        { ...findingOf('b'), key, ref, arn },
      ]);
      await change(ledger(), key, { findings: {} });
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
        await change(ledger(), ownResource('ec2', { region, resourceId }).key, reason);
      const prefix = `${SAMPLE_ACCOUNT}|${region}|`;
      const active = await Array.fromAsync(ledger().active(prefix));
      expect(active.map(({ key }) => key.split('|').at(-1))).toEqual(
        reasons
          .map(([reason]) => reason)
          .filter((reason) => !reason.startsWith('x-'))
          .sort(),
      );
      expect(active.map(({ key }) => key)).toEqual(
        (await Array.fromAsync(ledger().active())).map(({ key }) => key).filter((key) => key.startsWith(prefix)),
      );
      for (const { key, state } of active) expect(state).toEqual((await ledger().load(key)).state);
      for (const { key } of active) await change(ledger(), key, NEW_RESOURCE);
      expect(await Array.fromAsync(ledger().active(prefix))).toEqual([]);
    });

    test('what is remembered, by service and region', async () => {
      const scope = { accountId: randomUUID(), region: 'eu-west-1', service: 'cloudtrail' };
      const keyOf = (rest: Partial<typeof scope>, resourceId: string) =>
        resourceKey(rest.service ?? scope.service, { ...REF, ...scope, ...rest, resourceId });
      const others = [{ service: 'cloudtrails' }, { service: 'cloud' }, { region: 'eu-west-2' }];
      for (const other of others) await change(ledger(), keyOf(other, 'other'), { lastKnown: { a: 1 } });
      for (const id of ['b', 'a']) await change(ledger(), keyOf({}, id), { lastKnown: { a: 1 } });
      await change(ledger(), keyOf({}, 'c'), { findings: { a: findingOf('a') } });
      expect(await Array.fromAsync(ledger().remembered(scope))).toEqual([keyOf({}, 'a'), keyOf({}, 'b')]);
      expect(await Array.fromAsync(ledger().remembered({ ...scope, region: 'us-east-1' }))).toEqual([]);
    });
  });
}

/** What every ledger keeps for everybody. */
export function sharedContract(ledger: () => Ledger): void {
  describe('what holds for everybody', () => {
    test('is one read: pauses, exemptions and breakers', async () => {
      const scope = `control-${randomUUID()}`;
      const pause = { control: scope, reason: 'r', by: 'jo', at: '2026-01-01T00:00:00.000Z' };
      const exemption = exemptionOf(`ex-${randomUUID()}`, { elements: ['e'] });
      await ledger().pause(pause);
      await ledger().saveExemption(exemption);
      const session = await ledger().loadShared(await ledger().load(ownResource().key));
      expect(session.shared?.pauses).toContainEqual(pause);
      expect(session.shared?.exemptions).toContainEqual(exemption);
      expect(session.shared?.breakers.get(scope)).toBeUndefined();
      expect(await ledger().pauses()).toEqual(session.shared?.pauses);
      expect(await ledger().exemptions()).toEqual(session.shared?.exemptions);
    });

    test('pauses begin, are replaced and end, each for its control or for all', async () => {
      const control = `control-${randomUUID()}`;
      const pause = { control, reason: 'r', by: 'jo', at: '2026-01-01T00:00:00.000Z' };
      const all = { ...pause, control: null };
      for (const one of [pause, all, { ...pause, reason: 'another' }]) await ledger().pause(one);
      const own = async () => (await ledger().pauses()).filter((one) => one.control === control);
      expect(await own()).toEqual([{ ...pause, reason: 'another' }]);
      expect(await ledger().resume(control)).toBe(true);
      expect(await ledger().resume(control)).toBe(false);
      expect(await own()).toEqual([]);
      expect(await ledger().pauses()).toContainEqual(all);
      await ledger().pause(pause);
      expect(await own()).toEqual([pause]);
      for (const one of [control, null]) expect(await ledger().resume(one)).toBe(true);
    });

    test('an exemption that goes with a decision stands with it, also where one of its id stood before', async () => {
      const id = `ex-${randomUUID()}`;
      await ledger().saveExemption(exemptionOf(id, { reason: 'before' }));
      const session = await ledger().loadShared(await ledger().load(ownResource().key));
      const exemption = exemptionOf(id, { reason: 'after' });
      const [next] = await ledger().update(session, (state) => ({
        next: { ...state, recheckAt: 1 },
        exemptions: [exemption],
        answer: undefined,
      }));
      const own = (all: readonly Exemption[] = []) => all.filter((one) => one.id === id);
      expect(own(await ledger().exemptions())).toEqual([exemption]);
      expect(own(next.shared?.exemptions)).toEqual([exemption]);
    });

    test('breakers are read together, and closed by hand', async () => {
      const scope = `control-${randomUUID()}`;
      const session = await ledger().loadShared(await ledger().load(ownResource().key));
      const scopes = [{ scope, limit: 2 }];
      const take = (now: number) => (state: ResourceState, shared: Session['shared']) => {
        const { refusedBy, writes } = admit(shared?.breakers ?? new Map(), scopes, now, () => 0);
        return { next: state, breakers: writes, answer: refusedBy };
      };
      let current = session;
      const refused: (string | null)[] = [];
      for (const now of [1, 2, 3]) {
        const [next, refusedBy] = await ledger().update(current, take(now));
        current = next;
        refused.push(refusedBy);
      }
      expect(refused).toEqual([null, null, scope]);
      expect((await ledger().breakers.all()).get(scope)).toEqual({ times: [1, 2], openedAt: 3, probeUntil: null });
      await ledger().breakers.close(scope);
      await ledger().breakers.close(`nothing of ${scope}`);
      expect((await ledger().breakers.all()).get(scope)).toEqual({ times: [], openedAt: null, probeUntil: null });
      expect((await ledger().update(await ledger().loadShared(current), take(4)))[1]).toBeNull();
      expect((await ledger().breakers.all()).has(ACCOUNT)).toBe(false);
    });
  });
}
