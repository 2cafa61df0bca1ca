import { describe, expect, test } from '@jest/globals';
import { patternsFor } from '../../../scripts/generate/patterns.ts';
import type { AnyControl } from '../../../shared/control.ts';
import { anyCall, type Detection } from '../../../shared/detection.ts';
import { call, event } from '../../../shared/resource.ts';
import { type EventPattern, matches } from '../../support/event-pattern.ts';

const ACCOUNT = '111122223333';
const control = (triggers: readonly unknown[], more: object = {}) =>
  ({ resource: { type: 'AWS::X::Y', triggers }, needs: ['state'], ...more }) as unknown as AnyControl;
const detection = (...triggers: Detection['triggers']) => ({ triggers }) as unknown as Detection;
const state = { facets: ['state'] } as const;

const patterns = (controls: readonly AnyControl[], detections: readonly Detection[] = []): readonly EventPattern[] =>
  JSON.parse(
    JSON.stringify(patternsFor({ controls, detections })).replaceAll('{"Ref":"AWS::AccountId"}', `"${ACCOUNT}"`),
  );
const heard = (all: readonly EventPattern[], one: object) => all.filter((pattern) => matches(pattern, one)).length;
const called = (eventSource: string, eventName: string, more: object = {}) => ({
  source: `aws.${eventSource.split('.')[0]}`,
  account: ACCOUNT,
  'detail-type': 'AWS API Call via CloudTrail',
  detail: { eventSource, eventName, ...more },
});

describe('the patterns of controls', () => {
  test('hear of a name from its own source alone, though many stand in one pattern', () => {
    const all = patterns([
      control([
        call('a.amazonaws.com', ['Do', 'Stop'], state),
        call(['b.amazonaws.com', 'c.amazonaws.com'], 'Make', state),
      ]),
    ]);
    expect(all).toHaveLength(2); // the calls, and AWS Config
    for (const [source, name, times] of [
      ['a.amazonaws.com', 'Do', 1],
      ['b.amazonaws.com', 'Make', 1],
      ['c.amazonaws.com', 'Make', 1],
      ['a.amazonaws.com', 'Make', 0],
      ['b.amazonaws.com', 'Do', 0],
    ] as const)
      expect([source, name, heard(all, called(source, name))]).toEqual([source, name, times]);
  });

  test('hear of no call that can change nothing they evaluate, but of what only their plan needs', () => {
    const triggers = [call('a.amazonaws.com', 'Tag', { facets: ['tags'] }), call('a.amazonaws.com', 'Do', state)];
    const tagged = called('a.amazonaws.com', 'Tag');
    expect(heard(patterns([control(triggers)]), tagged)).toBe(0);
    expect(heard(patterns([control(triggers, { planNeeds: ['tags'], plan: () => [] })]), tagged)).toBe(1);
    // Without a plan nothing is read for one.
    expect(heard(patterns([control(triggers, { planNeeds: ['tags'] })]), tagged)).toBe(0);
  });

  test('hear of events that are no calls, by source and detail-type', () => {
    const all = patterns([
      control([event('aws.rds', 'RDS DB Instance Event', state), event('aws.acm', 'Expiring', state)]),
    ]);
    const happened = (source: string, type: string, account = ACCOUNT) => ({
      source,
      account,
      'detail-type': type,
      detail: {},
    });
    expect(heard(all, happened('aws.rds', 'RDS DB Instance Event'))).toBe(1);
    expect(heard(all, happened('aws.acm', 'Expiring'))).toBe(1);
    expect(heard(all, happened('aws.acm', 'RDS DB Instance Event'))).toBe(0);
    expect(heard(all, happened('aws.rds', 'RDS DB Instance Event', '999900001111'))).toBe(0);
  });

  test('are none where there is nothing to hear of', () => {
    expect(patternsFor({ controls: [], detections: [] })).toEqual([]);
  });
});

test('a detection hears of every call that fits, also of one that failed; a control does not', () => {
  const root = anyCall({ userIdentity: { type: ['Root'] } });
  const all = patterns(
    [control([call('a.amazonaws.com', 'Do', state)])],
    [detection(root, call('s.amazonaws.com', 'In', state))],
  );
  const failed = { errorCode: 'AccessDenied' };
  expect(heard(all, called('x.amazonaws.com', 'Any', { userIdentity: { type: 'Root' }, ...failed }))).toBe(1);
  expect(heard(all, called('x.amazonaws.com', 'Any', { userIdentity: { type: 'IAMUser' } }))).toBe(0);
  expect(heard(all, { ...called('s.amazonaws.com', 'In'), 'detail-type': 'AWS Console Sign In via CloudTrail' })).toBe(
    1,
  );
  expect(heard(all, called('a.amazonaws.com', 'Do', failed))).toBe(0);
});

test('names that do not fit into one pattern are in several, each once', () => {
  const names = Array.from({ length: 300 }, (_, index) => `ModifyThing${`${index}`.padStart(9, '0')}`);
  const all = patterns([control([call('a.amazonaws.com', names, state)])]);
  for (const pattern of all) expect(JSON.stringify(pattern).length).toBeLessThan(2_048);
  for (const name of names) expect(heard(all, called('a.amazonaws.com', name))).toBe(1);
});
