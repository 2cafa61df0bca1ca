import { expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { compliantFacets } from '../../../shared/engine/run/last-known.ts';
import { lidClosed } from '../../support/fake-resource.ts';

const keeping = (id: string, ...lastKnown: string[]): AnyControl => ({ ...lidClosed, id, lastKnown });
const FACETS = { lid: 1, lock: 2, label: 3 };
const compliantBut =
  (...ids: string[]) =>
  ({ id }: AnyControl) =>
    ids.includes(id) ? ('NON_COMPLIANT' as const) : ('COMPLIANT' as const);

test('keeps what controls name and every one of them finds COMPLIANT', () => {
  const controls = [lidClosed, keeping('a', 'lid', 'lock'), keeping('b', 'lock', 'label')];
  expect(compliantFacets(controls, FACETS, compliantBut())).toEqual(FACETS);
  expect(compliantFacets(controls, FACETS, compliantBut('b'))).toEqual({ lid: 1 });
  expect(compliantFacets(controls, FACETS, compliantBut(lidClosed.id))).toEqual(FACETS);
  expect(compliantFacets(controls, FACETS, () => null)).toEqual({});
  expect(compliantFacets([lidClosed], FACETS, compliantBut())).toEqual({});
});

test('what could not be read whole is not kept in parts', () => {
  const controls = [keeping('a', 'lid', 'lock'), keeping('b', 'label')];
  expect(compliantFacets(controls, { lid: 1, label: 3 }, compliantBut())).toEqual({ label: 3 });
});

test('a value that no item holds is not kept, so that the rest can be saved', () => {
  const controls = [keeping('a', 'lid', 'lock')];
  expect(compliantFacets(controls, { lid: 'x'.repeat(100_000), lock: 2 }, compliantBut())).toEqual({ lock: 2 });
});
