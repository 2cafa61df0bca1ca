import { expect, test } from '@jest/globals';
import { nextMessage, sliceIn, sweepMessage } from '../../../shared/engine/sweep/cursor.ts';

const SCOPE = { service: 'warehouse', accountId: '111122223333', region: 'eu-west-1' };

test('the messages of a sweep go to its service and carry what the next slice needs', () => {
  const first = sweepMessage({ ...SCOPE, extra: 'is left out' } as typeof SCOPE, 'a');
  expect(first).toEqual({
    service: 'warehouse',
    detailType: 'Evenkeel Sweep',
    detail: { ...SCOPE, run: 'a', slice: 0, cursor: null },
  });
  const cursor = { type: 'AWS::W::Crate', token: '2', after: 'c-1', rest: ['AWS::W::Barrel'] };
  const { service, detail } = nextMessage(sliceIn(first.detail), cursor);
  expect(service).toBe('warehouse');
  expect(sliceIn(JSON.parse(JSON.stringify(detail)))).toEqual({ ...SCOPE, run: 'a', slice: 1, cursor });
});

test('a sweep that says too little is refused', () => {
  const whole = { ...SCOPE, run: 'a', slice: 0, cursor: null };
  expect(sliceIn(whole)).toEqual(whole);
  for (const part of ['service', 'accountId', 'region', 'run', 'slice'])
    expect(() => sliceIn({ ...whole, [part]: undefined })).toThrow(/the sweep has no/);
  for (const slice of [-1, 0.5, '1', null]) expect(() => sliceIn({ ...whole, slice })).toThrow('slice');
  expect(() => sliceIn({ ...whole, cursor: { token: '2' } })).toThrow('cursor');
  expect(() => sliceIn(null)).toThrow('service');
});

test('a cursor begins where it does not say otherwise in words', () => {
  const at = (cursor: unknown) => sliceIn({ ...SCOPE, run: 'a', slice: 0, cursor }).cursor;
  expect(at(undefined)).toBeNull();
  expect(at({ type: 'T', token: 5, after: 6, rest: ['U', 7] })).toEqual({ type: 'T', token: null, rest: ['U'] });
});
