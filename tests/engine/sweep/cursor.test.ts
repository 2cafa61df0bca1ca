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
  expect(() => sliceIn({ ...whole, slice: -1 })).toThrow('slice');
  expect(() => sliceIn({ ...whole, cursor: { token: '2' } })).toThrow('cursor');
  expect(() => sliceIn(null)).toThrow('service');
});
