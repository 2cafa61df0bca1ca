import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Anchor, anchoring, anchorLine, anchorsIn } from '../../shared/ledger/anchors.ts';
import {
  evidenceErrors,
  evidenceOf,
  type Head,
  headAt,
  type Link,
  linkAfter,
  START,
} from '../../shared/ledger/chain.ts';
import type { ProvenChain } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import type { Remediation } from '../../shared/ledger/records.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { MINUTE_MS } from '../../shared/time.ts';
import { ownResource, remediationOf } from '../support/ledger-fixtures.ts';

const DECIDED = Date.parse('2026-03-01T00:00:00Z');
const REACH = { since: DECIDED - 1, now: DECIDED + 60 * MINUTE_MS };
const NOTHING: ProvenChain = { head: START, links: [], evidence: new Map() };

const recordOf = (id: string, rest: Partial<Remediation> = {}) =>
  remediationOf(id, {
    times: { ...remediationOf(id).times, decided: new Date(DECIDED).toISOString(), applied: null, verified: null },
    ...rest,
  });

/** Records that have begun and ended, in the order of a chain; `altered` makes other records of them. */
function chainOf(ids: readonly string[], altered: Partial<Remediation> = {}): ProvenChain {
  const links: Link[] = [];
  const records = new Map<string, Remediation>();
  let head: Head = START;
  for (const id of ids)
    for (const [phase, status] of [
      ['begun', 'applying'],
      ['ended', 'remediated'],
    ] as const) {
      const record = recordOf(id, { ...altered, status });
      const link = linkAfter(head, phase, id, record);
      links.push(link);
      records.set(id, record);
      head = headAt(link);
    }
  return { head, links, evidence: new Map([...records].map(([id, record]) => [id, evidenceOf(record)])) };
}

const anchorsOf = ({ links }: ProvenChain): readonly Anchor[] => links.map((link) => ({ ...link, resource: 'r' }));
const errorsOf = ({ head, links, evidence }: ProvenChain) => evidenceErrors(head, links, evidence);

const someIds = fc.integer({ min: 1, max: 6 }).map((count) => Array.from({ length: count }, (_, at) => `rem-${at}`));

describe('a chain and the logs', () => {
  test('agree where nobody has touched it, whichever lines came twice, in whatever order', () => {
    const lines = someIds.chain((ids) => {
      const anchors = anchorsOf(chainOf(ids));
      return fc.tuple(fc.constant(ids), fc.shuffledSubarray([...anchors, ...anchors], { minLength: anchors.length }));
    });
    fc.assert(
      fc.property(lines, ([ids, anchors]) => {
        const all = [...anchors, ...anchorsOf(chainOf(ids))];
        expect(anchoring(chainOf(ids), all, REACH)).toEqual({ errors: [], anchored: ids.length * 2, unanchored: [] });
      }),
    );
  });

  test('differ where its end was removed with the head set back, which the chain itself does not show', () => {
    fc.assert(
      fc.property(someIds, fc.nat(), (ids, cut) => {
        const kept = ids.slice(0, cut % ids.length);
        const left = kept.length === 0 ? NOTHING : chainOf(kept);
        expect(errorsOf(left)).toEqual([]);
        const { errors, anchored } = anchoring(left, anchorsOf(chainOf(ids)), REACH);
        expect(anchored).toBe(kept.length * 2);
        for (const id of ids.slice(kept.length))
          expect(errors).toContainEqual(expect.stringContaining(`(${id}) is in the logs and was removed`));
      }),
    );
  });

  test('differ from its first entry on where it was written anew over other records, which the chain itself does not show', () => {
    fc.assert(
      fc.property(someIds, (ids) => {
        const anew = chainOf(ids, { decidedBy: 'mallory' });
        expect(errorsOf(anew)).toEqual([]);
        const { errors, anchored } = anchoring(anew, anchorsOf(chainOf(ids)), REACH);
        expect(anchored).toBe(0);
        expect(errors[0]).toBe('entry 1 (rem-0) is not the one in the logs');
        expect(errors).toHaveLength(ids.length * 2);
      }),
    );
  });

  test('differ by a record that was forged at its end, whatever date it bears', () => {
    const forged = chainOf(['rem-0', 'rem-1']);
    for (const at of [0, DECIDED, REACH.now + 1, Number.NaN]) {
      const record = { ...(forged.evidence.get('rem-1') as { open: boolean; hash: string }), at };
      const chain = { ...forged, evidence: new Map(forged.evidence).set('rem-1', record) };
      expect(anchoring(chain, anchorsOf(chainOf(['rem-0'])), REACH)).toEqual({
        errors: ['rem-1 is in no log: it was forged, or could not be logged'],
        anchored: 2,
        unanchored: [],
      });
    }
  });

  test('are confirmed by a later entry where one was not logged, and not by an earlier one', () => {
    const chain = chainOf(['rem-0', 'rem-1']);
    const [first, second, third, fourth] = anchorsOf(chain) as [Anchor, Anchor, Anchor, Anchor];
    expect(anchoring(chain, [fourth], REACH)).toEqual({ errors: [], anchored: 4, unanchored: [] });
    expect(anchoring(chain, [first, second, third], REACH)).toMatchObject({
      anchored: 3,
      errors: [expect.stringContaining('rem-1 is in no log')],
    });
  });
});

describe('a record that no log confirms', () => {
  const chain = chainOf(['rem-0']);
  const why = (since: number | null, now: number) => anchoring(chain, [], { since, now });

  test('is named without an error where the logs do not reach back to it, or hold nothing', () => {
    const old = { errors: [], anchored: 0, unanchored: [{ remediationId: 'rem-0', reason: 'older than the logs' }] };
    expect(why(DECIDED + 1, REACH.now)).toEqual(old);
    expect(why(null, REACH.now)).toEqual(old);
  });

  test('is named without an error for five minutes, in which its line may be on its way', () => {
    const late = 5 * MINUTE_MS;
    expect(why(DECIDED - 1, DECIDED + late)).toMatchObject({ errors: [], unanchored: [{ reason: 'too recent' }] });
    expect(why(DECIDED - 1, DECIDED + late + 1)).toMatchObject({ errors: [expect.any(String)], unanchored: [] });
  });
});

describe('a line of a log', () => {
  const [anchor] = anchorsOf(chainOf(['rem-0'])).map(({ resource, sequence, remediationId, phase, hash }) => ({
    resource,
    sequence,
    remediationId,
    phase,
    hash,
  }));

  test('gives its anchor again, among other lines', () => {
    const line = anchorLine(anchor as Anchor);
    expect(line).not.toContain('\n');
    expect(anchorsIn(`START RequestId\n${line}\n{"level":"INFO"}\n`)).toEqual([anchor]);
  });

  test.each([
    '',
    'null',
    '[]',
    '{"evenkeel.anchor":null}',
    '{"evenkeel.anchor":{"sequence":1}}',
    '{"a":{"evenkeel.anchor":{}}}',
    'x {"evenkeel.anchor',
  ])('that is none of ours is no anchor: %j', (text) => {
    expect(anchorsIn(text)).toEqual([]);
  });

  test('quoted within another is no anchor: what strangers name is logged too', () => {
    expect(anchorsIn(JSON.stringify({ result: { annotation: anchorLine(anchor as Anchor) } }))).toEqual([]);
  });
});

describe('the ledger', () => {
  test('logs each entry of a chain once it is saved, and nothing else', async () => {
    const logged: Anchor[] = [];
    const ledger = ledgerIn(memoryStore(), Date.now, (anchors) => {
      logged.push(...anchors);
    });
    const { key, ref } = ownResource();
    let session = await ledger.load(key);
    const save = async (record: Remediation) => {
      [session] = await ledger.update(session, () => ({ records: [record], answer: null }));
    };
    const record = recordOf('rem-1', { ref });
    await save(record);
    await save({ ...record, annotation: 'one call was made' });
    await save({ ...record, status: 'remediated' });
    const chain = await ledger.chain(key);
    expect(logged).toEqual(
      chain.links.map(({ sequence, remediationId, phase, hash }) => ({
        resource: key,
        sequence,
        remediationId,
        phase,
        hash,
      })),
    );
    expect(logged.map(({ phase }) => phase)).toEqual(['begun', 'ended']);
    expect(anchoring(chain, logged, REACH)).toEqual({ errors: [], anchored: 2, unanchored: [] });
  });

  test('logs nothing of what it could not save', async () => {
    const logged: Anchor[] = [];
    const store = memoryStore();
    const broken = { ...store, commit: async () => Promise.reject(new Error('no table')) };
    const ledger = ledgerIn(broken, Date.now, (anchors) => {
      logged.push(...anchors);
    });
    const { key, ref } = ownResource();
    const record = recordOf('rem-1', { ref });
    const saved = ledger.update(await ledger.load(key), () => ({ records: [record], answer: null }));
    await expect(saved).rejects.toThrow('no table');
    expect(logged).toEqual([]);
  });
});
