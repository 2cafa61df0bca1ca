import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { admit } from '../../shared/ledger/breaker.ts';
import { take } from '../../shared/ledger/lease.ts';
import { type Ledger, NEW_RESOURCE, type ResourceState, type Session } from '../../shared/ledger/ledger.ts';
import type { Remediation } from '../../shared/ledger/records.ts';
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
import { listsContract, recordsContract, sharedContract } from './test-ledger-lists.ts';

export { findingOf, remediationOf } from './ledger-fixtures.ts';

/** Gives every ledger the same proof. */
export function testLedger(name: string, make: () => Promise<Ledger>): void {
  describe(`the ledger ${name}`, () => {
    let ledger: Ledger;
    beforeAll(async () => {
      ledger = await make();
    });
    test('knows nothing of what it was not told', async () => {
      for (const key of ['nobody', ownResource().key, '__proto__'])
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
      const [a, b] = [ownResource().key, ownResource().key];
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
      const { key, ref } = ownResource();
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
      const { key, ref } = ownResource();
      const text = 'ä'.repeat(length);
      const record = remediationOf(`rem-${randomUUID()}`, { ref, before: text, after: text });
      await change(ledger, key, { lastKnown: { text } }, { records: [record] });
      expect(await ledger.remediation(record.id)).toEqual(record);
      expect((await ledger.load(key)).state.lastKnown).toEqual({ text });
    });

    test('refuses a document that no compression makes small enough, and keeps what was there', async () => {
      const { key } = ownResource();
      await change(ledger, key, { lastKnown: { small: true } });
      const noise = Array.from({ length: 30_000 }, () => randomUUID()).join('');
      await expect(change(ledger, key, { lastKnown: { noise } })).rejects.toThrow(/size/);
      expect((await ledger.load(key)).state.lastKnown).toEqual({ small: true });
    });

    describe('update', () => {
      test('decides on what the session holds, without a read, and writes nothing where nothing changes', async () => {
        const { key } = ownResource();
        const session = await change(ledger, key, { recheckAt: 1 });
        const [same, answer] = await ledger.update(session, (state, shared) => ({ answer: [state.recheckAt, shared] }));
        expect([same, answer]).toEqual([session, [1, null]]);
        expect((await ledger.load(key)).version).toBe(1);
      });

      test('decides again on what another run wrote first', async () => {
        const { key } = ownResource();
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
        const { key } = ownResource();
        const before = await ledger.loadShared(await ledger.load(key));
        const taking = (state: ResourceState, shared: Session['shared']) => {
          const book = shared?.breakers ?? new Map();
          const { refusedBy, writes } = admit(book, [{ scope, limit: 1 }], 5, () => 0);
          return { next: { ...state, recheckAt: 5 }, breakers: writes, answer: refusedBy };
        };
        expect(
          (await ledger.update(await ledger.loadShared(await ledger.load(ownResource().key)), taking))[1],
        ).toBeNull();
        const [after, refusedBy] = await ledger.update(before, taking);
        expect(refusedBy).toBe(scope);
        expect(after.shared?.breakers.get(scope)).toEqual((await ledger.loadShared(after)).shared?.breakers.get(scope));
      });

      test('holds what it writes without a change of the state against the state that it was decided on', async () => {
        const { key, ref } = ownResource();
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
        const { key } = ownResource();
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
        const { key, ref } = ownResource();
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
        const { key } = ownResource();
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

    recordsContract(() => ledger);
    listsContract(() => ledger);
    sharedContract(() => ledger);

    test('marks something once, whoever asks', async () => {
      const key = `mark-${randomUUID()}`;
      expect(await ledger.wasMarked(key)).toBe(false);
      const answers = await Promise.all([1, 2, 3, 4].map(() => ledger.markOnce(key)));
      expect(answers.filter((first) => first)).toHaveLength(1);
      expect(await ledger.markOnce(key)).toBe(false);
      expect(await ledger.wasMarked(key)).toBe(true);
      expect(await ledger.wasMarked(`${key} too`)).toBe(false);
      expect(await ledger.markOnce(`${key} too`)).toBe(true);
    });
  });
}
