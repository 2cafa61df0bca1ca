import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ConflictError, MAX_ITEMS, type Range, type Store, update, type Write } from '../../shared/ledger/store.ts';

/** A document of this length that no compression makes small. */
const noise = (length: number) =>
  Array.from({ length: Math.ceil(length / 36) }, () => randomUUID())
    .join('')
    .slice(0, length);

/** Gives every store the same proof. */
export function testStore(name: string, make: () => Promise<Store>): void {
  describe(`the store ${name}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await make();
    });
    /** A place of a test's own. */
    const place = (sk = 'A') => ({ pk: `pk-${randomUUID()}`, sk });
    const listOf = async (list: string, range?: Range) =>
      (await Array.fromAsync(store.list(list, range))).map(({ sk, listed }) => [sk, listed?.at]);

    test('gives what was written, with its version', async () => {
      const at = place();
      expect(await store.get(at.pk, at.sk)).toBeNull();
      await store.commit([{ ...at, read: 0, document: { a: 1 } }]);
      expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: 1, document: { a: 1 } });
      await store.commit([{ ...at, read: 1, document: { a: 2 }, listed: { list: 'L', at: '1' } }]);
      expect(await store.get(at.pk, at.sk)).toEqual({
        ...at,
        version: 2,
        document: { a: 2 },
        listed: { list: 'L', at: '1' },
      });
    });

    test.each([0, 1, 3])('refuses a write by whoever read version %i of what is at 2', async (read) => {
      const at = place();
      await store.commit([{ ...at, read: 0, document: 'one' }]);
      await store.commit([{ ...at, read: 1, document: 'two' }]);
      await expect(store.commit([{ ...at, read, document: 'mine' }])).rejects.toThrow(ConflictError);
      expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: 2, document: 'two' });
    });

    test('refuses a change of what is not there', async () => {
      const at = place();
      await expect(store.commit([{ ...at, read: 1, document: 'mine' }])).rejects.toThrow(ConflictError);
      expect(await store.get(at.pk, at.sk)).toBeNull();
    });

    test('lets one of several win that have read the same', async () => {
      const at = place();
      const racers = Array.from({ length: 6 }, (_, racer) => store.commit([{ ...at, read: 0, document: { racer } }]));
      const ends = await Promise.allSettled(racers);
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(ConflictError);
      const winner = ends.findIndex(({ status }) => status === 'fulfilled');
      expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: 1, document: { racer: winner } });
    });

    test.each([0, 1, 2])('makes all writes or none: the %i. of three is in conflict', async (late) => {
      const places = [place(), place(), place()];
      await store.commit(places.map((at) => ({ ...at, read: 0, document: 'old' })));
      const writes: Write[] = places.map((at, index) => ({ ...at, read: index === late ? 0 : 1, document: 'new' }));
      await expect(store.commit(writes)).rejects.toThrow(ConflictError);
      for (const at of places) expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: 1, document: 'old' });
      await store.commit(writes.map((write) => ({ ...write, read: 1 })));
      for (const at of places) expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: 2, document: 'new' });
    });

    test('writes only where what is checked with it is as it was read', async () => {
      const [written, checked] = [place(), place()];
      await store.commit([{ ...checked, read: 0, document: 'one' }]);
      await store.commit(
        [{ ...written, read: 0, document: 'a' }],
        [
          { ...checked, read: 1 },
          { ...place(), read: 0 },
        ],
      );
      for (const read of [0, 2])
        await expect(store.commit([{ ...written, read: 1, document: 'b' }], [{ ...checked, read }])).rejects.toThrow(
          ConflictError,
        );
      await expect(store.commit([{ ...written, read: 1, document: 'b' }], [{ ...place(), read: 1 }])).rejects.toThrow(
        ConflictError,
      );
      expect(await store.get(written.pk, written.sk)).toEqual({ ...written, version: 1, document: 'a' });
      expect(await store.get(checked.pk, checked.sk)).toEqual({ ...checked, version: 1, document: 'one' });
    });

    test('makes as many writes at once as it says', async () => {
      const { pk } = place();
      const writes = Array.from({ length: MAX_ITEMS }, (_, index) => ({
        pk,
        sk: `item ${index + 100}`,
        read: 0,
        document: index,
      }));
      await store.commit(writes);
      expect((await store.query(pk)).map(({ document }) => document)).toEqual(writes.map(({ document }) => document));
    });

    test('refuses more items than it takes at once, and an item twice, and writes none of them', async () => {
      const { pk } = place();
      const writeOf = (index: number) => ({ pk, sk: `item ${index}`, read: 0, document: index });
      const tooMany = Array.from({ length: MAX_ITEMS + 1 }, (_, index) => writeOf(index));
      await expect(store.commit(tooMany)).rejects.not.toThrow(ConflictError);
      await expect(store.commit([writeOf(1), writeOf(2), writeOf(1)])).rejects.not.toThrow(ConflictError);
      await expect(store.commit([writeOf(1)], [{ pk, sk: 'item 1', read: 0 }])).rejects.not.toThrow(ConflictError);
      expect(await store.query(pk)).toEqual([]);
    });

    test('keeps the version of what was taken away, so that nobody takes the new for the old', async () => {
      const at = place();
      await store.commit([{ ...at, read: 0, document: 'old', listed: { list: `L ${at.pk}`, at: '1' } }]);
      await store.commit([{ ...at, read: 1, document: null }]);
      expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: 2, document: null });
      expect(await store.query(at.pk)).toEqual([]);
      expect(await listOf(`L ${at.pk}`)).toEqual([]);
      for (const read of [0, 1])
        await expect(store.commit([{ ...at, read, document: 'new' }])).rejects.toThrow(ConflictError);
      await store.commit([{ ...at, read: 2, document: 'new' }]);
      expect((await store.query(at.pk)).map(({ version, document }) => [version, document])).toEqual([[3, 'new']]);
    });

    test('finds by prefix, in order, and nothing of others', async () => {
      const { pk } = place();
      for (const sk of ['LINK#00000010', 'LINK#00000002', 'HEAD', 'LINK', 'LINKED', 'LINK#00000001', 'link#00000001'])
        await store.commit([{ pk, sk, read: 0, document: sk }]);
      await store.commit([{ ...place('LINK#00000003'), read: 0, document: 'of another' }]);
      const found = async (prefix?: string) => (await store.query(pk, prefix)).map(({ document }) => document);
      expect(await found('LINK#')).toEqual(['LINK#00000001', 'LINK#00000002', 'LINK#00000010']);
      expect(await found('HEAD')).toEqual(['HEAD']);
      expect(await found('NONE')).toEqual([]);
      expect(await found()).toHaveLength(7);
      expect(await found()).toEqual(await found(''));
    });

    test('lists over all items by time, from a time on', async () => {
      const list = `list ${randomUUID()}`;
      const times = ['2026-03-01', '2026-01-01', '2026-02-01#b', '2026-02-01#a'];
      for (const at of times) await store.commit([{ ...place(at), read: 0, document: at, listed: { list, at } }]);
      await store.commit([
        { ...place(), read: 0, document: 1, listed: { list: `${list}, another`, at: '2026-01-15' } },
      ]);
      const all = [...times].sort().map((at) => [at, at]);
      expect(await listOf(list)).toEqual(all);
      expect(await listOf(list, { since: '2026-02-01' })).toEqual(all.slice(1));
      expect(await listOf(list, { since: '2026-02-01#b' })).toEqual(all.slice(2));
      expect(await listOf(list, { since: '2027' })).toEqual([]);
    });

    test('lists the items whose place begins with a prefix', async () => {
      const list = `list ${randomUUID()}`;
      const places = ['1|ec2|b', '1|ec2|a', '1|ec2s|a', '1|ec', '2|ec2|a', '1|ec3'];
      for (const at of places) await store.commit([{ ...place(at), read: 0, document: at, listed: { list, at } }]);
      expect(await listOf(list, { prefix: '1|ec2|' })).toEqual([
        ['1|ec2|a', '1|ec2|a'],
        ['1|ec2|b', '1|ec2|b'],
      ]);
      expect(await listOf(list, { prefix: '3' })).toEqual([]);
    });

    test('lists more items than one batch takes, in order and with their documents', async () => {
      const list = `list ${randomUUID()}`;
      const ats = Array.from({ length: 230 }, (_, index) => String(1000 + index));
      for (let start = 0; start < ats.length; start += MAX_ITEMS)
        await store.commit(
          ats
            .slice(start, start + MAX_ITEMS)
            .map((at) => ({ ...place(at), read: 0, document: { at }, listed: { list, at } })),
        );
      const items = await Array.fromAsync(store.list(list));
      expect(items.map(({ document }) => document)).toEqual(ats.map((at) => ({ at })));
    });

    test('moves an item in its list, and takes it out', async () => {
      const at = place();
      const list = `list ${at.pk}`;
      await store.commit([{ ...at, read: 0, document: 1, listed: { list, at: '1' } }]);
      await store.commit([{ ...at, read: 1, document: 2, listed: { list, at: '2' } }]);
      expect(await listOf(list)).toEqual([['A', '2']]);
      await store.commit([{ ...at, read: 2, document: 3 }]);
      expect(await listOf(list)).toEqual([]);
      expect(await store.get(at.pk, at.sk)).toEqual({ ...at, version: 3, document: 3 });
    });

    test('keeps what is larger than an item may be', async () => {
      const { pk } = place();
      const rules = Array.from({ length: 4000 }, (_, index) => ({
        CidrIpv4: `10.${index >> 8}.${index & 255}.0/24`,
        Description: `office ${index}, opened for the audit`,
        Tags: [{ Key: 'owner', Value: 'web@example.com' }],
      }));
      expect(JSON.stringify(rules).length).toBeGreaterThan(400_000);
      await store.commit([
        { pk, sk: 'large', read: 0, document: { rules }, listed: { list: pk, at: '1' } },
        { pk, sk: 'mixed', read: 0, document: { noise: noise(150_000), umlauts: 'äöü€😀'.repeat(20_000) } },
      ]);
      expect((await store.get(pk, 'large'))?.document).toEqual({ rules });
      expect((await store.query(pk)).map(({ sk }) => sk)).toEqual(['large', 'mixed']);
      expect((await store.query(pk, 'mixed'))[0]?.document).toMatchObject({ umlauts: 'äöü€😀'.repeat(20_000) });
      expect((await Array.fromAsync(store.list(pk)))[0]?.document).toEqual({ rules });
    });

    test.each<[string, unknown, unknown]>([
      ['undefined members', { a: undefined, b: [undefined] }, { b: [null] }],
      ['dates', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
      ['empty texts, lists and objects', { a: '', b: [], c: {} }, { a: '', b: [], c: {} }],
      ['numbers of every kind', [0, -1.5, 1e21, Number.MAX_SAFE_INTEGER], [0, -1.5, 1e21, Number.MAX_SAFE_INTEGER]],
      [
        'names that mean something elsewhere',
        { __proto__x: 1, constructor: 2, S: 'x', NULL: true },
        { __proto__x: 1, constructor: 2, S: 'x', NULL: true },
      ],
      ['false, zero and the empty text themselves', [false, 0, ''], [false, 0, '']],
    ])('keeps as JSON would: %s', async (_what, document, kept) => {
      const at = place();
      await store.commit([{ ...at, read: 0, document }]);
      expect((await store.get(at.pk, at.sk))?.document).toEqual(kept);
    });

    test('keeps a document as it was, whatever becomes of what was given and of what was read', async () => {
      const at = place();
      const document = { rules: ['a'] };
      await store.commit([{ ...at, read: 0, document }]);
      document.rules.push('b');
      const read = (await store.get(at.pk, at.sk))?.document as typeof document;
      read.rules.push('c');
      const [queried] = await store.query(at.pk);
      (queried as unknown as { readonly document: typeof document }).document.rules.push('d');
      expect((await store.get(at.pk, at.sk))?.document).toEqual({ rules: ['a'] });
    });

    test('loses no update where many update the same', async () => {
      const at = place();
      const other = place();
      const add = () =>
        update(store, [at, other], ([a, b]) => ({
          next: [Number(a ?? 0) + 1, Number(b ?? 0) + 2],
          answer: Number(a ?? 0),
        }));
      const answers = await Promise.all(Array.from({ length: 8 }, add));
      expect([...answers].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect((await store.get(at.pk, at.sk))?.document).toBe(8);
      expect((await store.get(other.pk, other.sk))?.document).toBe(16);
    });

    test('is not written to by an update that leaves all as it is', async () => {
      const at = place();
      expect(await update(store, [at], ([document]) => ({ next: [undefined], answer: document }))).toBeNull();
      expect(await store.get(at.pk, at.sk)).toBeNull();
    });
  });
}
