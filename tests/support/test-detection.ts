import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Scene } from '../../scenes/scene.ts';
import type { Detected, Detection } from '../../shared/detection.ts';
import { detectedIn } from '../../shared/engine/intake/detect.ts';
import { type Change, changesIn } from '../../shared/engine/intake/parse-event.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { testEngine } from './engine.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent } from './samples.ts';

/** A sample event, `iam/RootActs`, or an event in any known shape. */
type Sample = string | object;

interface Finding {
  readonly event: Sample;
  readonly resourceId: string;
  /** A part of the annotation that a reader must find there. */
  readonly says: string | RegExp;
  /** Events that are the same finding as this one. */
  readonly same?: readonly Sample[];
  /** Events that are findings too, and others. */
  readonly other?: readonly Sample[];
}

interface Cases {
  readonly detected: Readonly<Record<string, Finding>>;
  /** Events near by that are no finding. */
  readonly ignored: Readonly<Record<string, Sample>>;
}

const FALLBACK = { fallback: { accountId: SAMPLE_ACCOUNT, region: REGION } };

/** Gives every detection the same proof: sample events lead to the finding that a person reads out of them, an innocent neighbour leads to none, one finding stays one, its scene is notified once, and no record however mangled makes it throw. */
export function testDetection(detection: Detection, scene: Scene, { detected, ignored }: Cases): void {
  const eventOf = (sample: Sample): object => (typeof sample === 'string' ? sampleEvent(sample) : sample);
  const findIn = (change: Change) =>
    change.kind === 'call' || change.kind === 'event'
      ? detectedIn(change, [detection], FALLBACK)
      : { detected: [], unreadable: [] };

  function findingOf(sample: Sample): Detected | null {
    const found = changesIn(eventOf(sample)).map(findIn);
    expect(found.flatMap(({ unreadable }) => unreadable)).toEqual([]);
    const [first, ...others] = found.flatMap((one) => one.detected);
    expect(others).toEqual([]);
    if (first !== undefined) expect(first.ref.resourceType).toBe(detection.resourceType);
    return first?.detected ?? null;
  }

  describe(detection.id, () => {
    describe.each(Object.entries(detected))('%s', (_name, { event, resourceId, says, same = [], other = [] }) => {
      test('is found, with what it is about', () => {
        const found = findingOf(event);
        expect(found).toMatchObject({ resourceId, fingerprint: expect.stringMatching(/./) });
        expect(found?.annotation).toMatch(says);
        expect(found?.annotation.length).toBeLessThanOrEqual(256);
      });

      test('is one finding with what is the same, and with nothing else', () => {
        const fingerprint = findingOf(event)?.fingerprint;
        for (const one of same) expect(findingOf(one)?.fingerprint).toBe(fingerprint);
        const others = other.map((one) => findingOf(one)?.fingerprint);
        expect(others).not.toContain(undefined);
        expect(new Set([fingerprint, ...others]).size).toBe(other.length + 1);
      });

      test('mangled, never makes it throw', () => {
        fc.assert(
          fc.property(mangled(eventOf(event)), (record) => {
            for (const change of changesIn(record)) expect(findIn(change).unreadable).toEqual([]);
          }),
          { numRuns: 300 },
        );
      });
    });

    test.each(Object.entries(ignored))('is silent about %s', (_name, sample) => {
      expect(findingOf(sample)).toBeNull();
    });

    test(`${scene.title}: detected, and notified once`, async () => {
      const nobody = () => {
        throw new Error('a detection reads nothing');
      };
      const place = { accountId: SAMPLE_ACCOUNT, region: REGION };
      const { happen } = await scene.prepare({ ...place, aws: nobody, name: (base) => base });
      const { event } = await happen();
      const engine = testEngine(nobody, 'detect');
      const replay = async () =>
        (
          await Array.fromAsync(receive(event, engine, { controls: [], detections: [detection], fallback: place }))
        ).flat();
      expect(await replay()).toMatchObject([{ controlId: detection.id, outcome: 'detected', error: null }]);
      await replay();
      expect(engine.notified).toMatchObject([{ result: { controlId: detection.id } }]);
    });

    test('never writes, and describes itself', () => {
      const { title, description, rationale, guidance, triggers } = detection;
      expect(['off', 'detect']).toContain(detection.recommendedMode);
      expect(detection).not.toHaveProperty('plan');
      expect([title, description, rationale, guidance].filter((text) => text.length < 20)).toEqual([]);
      expect(triggers.length).toBeGreaterThan(0);
      expect(detection.describeEvent !== undefined).toBe(triggers.some(({ kind }) => kind === 'event'));
    });
  });
}

const JUNK = [null, '', 'null', 0, -1, true, [], {}, [null], { a: [] }, 'x'.repeat(2_000), '\u0000\u202e'];

/** The event with some of its members, at any depth, left out or replaced by something else. */
function mangled(event: object): fc.Arbitrary<object> {
  const paths = pathsIn(event);
  const change = fc.record({ path: fc.constantFrom(...paths), value: fc.constantFrom(undefined, ...JUNK) });
  return fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => {
    const copy = structuredClone(event);
    for (const { path, value } of changes) replace(copy, path, value);
    return copy;
  });
}

const pathsIn = (value: unknown): string[][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, member]) => [[key], ...pathsIn(member).map((path) => [key, ...path])]);

function replace(target: unknown, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (typeof target !== 'object' || target === null || !Object.hasOwn(target, key)) return;
  if (rest.length > 0) replace(Reflect.get(target, key), rest, value);
  else if (value === undefined) Reflect.deleteProperty(target, key);
  else Reflect.set(target, key, structuredClone(value));
}
