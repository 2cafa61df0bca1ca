import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashOf } from '../../shared/hash.ts';
import {
  chainErrors,
  evidenceOf,
  type Head,
  type Link,
  linkAfter,
  linkOf,
  START,
  storedLink,
} from '../../shared/ledger/chain.ts';
import type { Remediation } from '../../shared/ledger/records.ts';

/** Records that have begun and ended one after the other, and their chain. */
function evidence(count = 3) {
  const records = new Map<string, Remediation>();
  const links: Link[] = [];
  let head: Head = START;
  const add = (phase: Link['phase'], record: Remediation) => {
    const link = linkAfter(head, phase, record.id, record);
    links.push(link);
    head = { sequence: link.sequence, hash: link.hash };
    records.set(record.id, record);
  };
  for (let index = 0; index < count; index += 1) {
    const record = {
      id: `rem-${index}`,
      status: 'applying',
      steps: [{ input: { a: index } }],
    } as unknown as Remediation;
    add('begun', record);
    add('ended', { ...record, status: 'remediated' });
  }
  const errors = (given: readonly Link[] = links, end: Head = head) =>
    chainErrors(end, given, (id) => {
      const record = records.get(id);
      return record === undefined ? null : evidenceOf(record);
    });
  return { records, links, head, add, errors, end: () => head };
}

describe('a chain', () => {
  test('that is whole has no error, also while a record is open', () => {
    const { errors, add, end, links, records } = evidence();
    expect(errors()).toEqual([]);
    expect(chainErrors(START, [], () => null)).toEqual([]);
    add('begun', { id: 'rem-9', status: 'applying', steps: [] } as unknown as Remediation);
    expect(errors(links, end())).toEqual([]);
    records.set('rem-9', { ...(records.get('rem-9') as Remediation), status: 'applying', error: 'on its way' });
    expect(errors(links, end())).toEqual([]);
  });

  test('numbers its entries from 1 on, each with the hash of the one before', () => {
    const { links } = evidence();
    expect(links.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(links[0]?.previousHash).toBe('0'.repeat(64));
    for (const [index, link] of links.slice(1).entries()) expect(link.previousHash).toBe(links[index]?.hash);
  });

  test('finds a record that was altered', () => {
    const { records, errors } = evidence();
    const record = records.get('rem-1') as Remediation;
    records.set('rem-1', { ...record, decidedBy: 'mallory' });
    expect(errors()).toEqual(['rem-1 was altered']);
  });

  test('finds a record that was removed', () => {
    const { records, errors } = evidence();
    records.delete('rem-1');
    expect(errors()).toEqual(['rem-1 was removed']);
  });

  test.each(['sequence', 'remediationId', 'phase', 'recordHash', 'previousHash', 'hash'] as const)(
    'finds an entry whose %s was altered',
    (member) => {
      const { links, errors } = evidence();
      for (const [index, link] of links.entries()) {
        const altered = links.with(index, { ...link, [member]: member === 'sequence' ? 99 : 'altered' });
        expect(errors(altered)).not.toEqual([]);
      }
    },
  );

  test('finds entries that were removed, at its beginning, in its middle, at its end', () => {
    const { links, errors } = evidence();
    for (let from = 0; from < links.length; from += 1)
      for (let count = 1; count <= links.length - from; count += 1)
        expect(errors(links.toSpliced(from, count))).not.toEqual([]);
    expect(errors(links.toSpliced(2, 2))).toContain('entries 3 to 4 were removed');
    expect(errors(links.slice(0, 4))).toContain('the chain ends at entry 4, and should end at 6');
  });

  test('finds an entry that was altered and hashed anew, wherever it stands', () => {
    const { links, errors } = evidence();
    for (const [index, link] of links.entries()) {
      const { hash: _, ...content } = { ...link, recordHash: hashOf('another') };
      expect(errors(links.with(index, { ...content, hash: hashOf(content) }))).toContainEqual(
        index === 5
          ? 'the chain ends at entry 6, and should end at 6'
          : `entry ${index + 2} does not follow entry ${index + 1}`,
      );
    }
  });

  test('finds that its end was cut off with its head, by the record that has ended', () => {
    const { links, errors } = evidence();
    const last = links[4] as Link;
    expect(errors(links.slice(0, 5), { sequence: last.sequence, hash: last.hash })).toEqual([
      'rem-2 has ended, and the chain does not say so',
    ]);
  });

  test('finds entries in another order', () => {
    const { links, errors } = evidence();
    for (let a = 0; a < links.length; a += 1)
      for (let b = a + 1; b < links.length; b += 1)
        expect(errors(links.with(a, links[b] as Link).with(b, links[a] as Link))).not.toEqual([]);
  });

  test('finds an entry that was put in, and one that stands twice', () => {
    const { links, errors } = evidence();
    for (let at = 0; at <= links.length; at += 1) {
      const before = links[at - 1];
      const head = before === undefined ? START : { sequence: before.sequence, hash: before.hash };
      const forged = linkAfter(head, 'ended', 'rem-1', { id: 'rem-1', status: 'rejected' });
      expect(errors(links.toSpliced(at, 0, forged))).not.toEqual([]);
      if (before !== undefined) expect(errors(links.toSpliced(at, 0, before))).not.toEqual([]);
    }
  });

  test('finds a chain that was written anew over other records', () => {
    const { head } = evidence();
    const other = evidence(2);
    expect(other.errors(other.links, head)).not.toEqual([]);
  });
});

describe('a link in the item of its record', () => {
  test('is the whole link again', () => {
    for (const link of evidence().links) expect(linkOf(link.remediationId, storedLink(link))).toEqual(link);
  });

  test('that was altered, or put into another record, breaks the chain', () => {
    const { links, errors } = evidence();
    const again = (index: number, id: string, change: object) => {
      const link = links[index] as Link;
      return links.with(index, linkOf(id, { ...storedLink(link), ...change }));
    };
    for (const [index, { remediationId }] of links.entries()) {
      for (const change of [{ recordHash: hashOf('another') }, { previousHash: 'altered' }, { sequence: 99 }])
        expect(errors(again(index, remediationId, change))).not.toEqual([]);
      expect(errors(again(index, 'rem-9', {}))).not.toEqual([]);
    }
  });
});

describe('hashOf', () => {
  test('does not mind the order of keys, and minds everything else', () => {
    expect(hashOf({ a: 1, b: { c: 2, d: [3, 4] } })).toBe(hashOf({ b: { d: [3, 4], c: 2 }, a: 1 }));
    const values = [{}, [], null, '', 0, false, { a: 1 }, { a: '1' }, [1, 2], [2, 1], { a: { b: 1 } }, { 'a.b': 1 }];
    expect(new Set(values.map(hashOf)).size).toBe(values.length);
  });

  test('is the same for what JSON keeps, so that a record read back has the hash of the one written', () => {
    expect(hashOf({ at: new Date(0), gone: undefined })).toBe(hashOf({ at: '1970-01-01T00:00:00.000Z' }));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hashOf(JSON.parse(JSON.stringify(value)))).toBe(hashOf(value));
      }),
    );
  });
});
