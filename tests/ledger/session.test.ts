import { describe, expect, test } from '@jest/globals';
import { START } from '../../shared/ledger/chain.ts';
import { resourceKey } from '../../shared/ledger/keys.ts';
import {
  prepare,
  recordKey,
  sessionOf,
  sharedOf,
  stateKey,
  withRecord,
  withShared,
} from '../../shared/ledger/session.ts';
import { NEW_RESOURCE } from '../../shared/ledger/state.ts';
import { exemptionOf, findingOf, REF, remediationOf } from '../support/ledger-fixtures.ts';

const KEY = resourceKey('ec2', REF);
const FRESH = sessionOf(KEY, null);
const NEVER_READ = () => 0;
const STATE = stateKey(KEY);

describe('what an update writes', () => {
  test('is nothing where nothing changes', () => {
    expect(prepare(FRESH, { answer: null }, NEVER_READ)).toEqual({ writes: [], checks: [], links: [], session: FRESH });
  });

  test('is the state on the version that was read, listed by its key', () => {
    const next = { ...NEW_RESOURCE, findings: { a: findingOf('a') } };
    const { writes, checks, session } = prepare({ ...FRESH, version: 7 }, { next, answer: null }, NEVER_READ);
    expect(writes).toEqual([{ ...STATE, read: 7, document: next, listed: { list: 'ACTIVE', at: KEY } }]);
    expect(checks).toEqual([]);
    expect(session).toMatchObject({ version: 8, state: next });
  });

  test('is chained where a record begins and where it ends, and not in between', () => {
    const begun = prepare(FRESH, { records: [remediationOf('rem-1')], answer: null }, NEVER_READ).session;
    expect(begun.state.head.sequence).toBe(1);
    const same = prepare(begun, { records: [remediationOf('rem-1', { error: 'x' })], answer: null }, NEVER_READ);
    expect(same.session.state.head).toEqual(begun.state.head);
    // The head stays, and with it the state: that is checked, not written.
    expect(same.writes.map(({ pk }) => pk)).toEqual([recordKey('rem-1').pk]);
    expect(same.checks).toEqual([{ ...STATE, read: 1 }]);
    const done = remediationOf('rem-1', { status: 'remediated' });
    const ended = prepare(same.session, { records: [done], answer: null }, NEVER_READ).session;
    expect(ended.state.head.sequence).toBe(2);
    expect(ended.records.get('rem-1')).toMatchObject({ version: 3, status: 'remediated' });
    expect(ended.records.get('rem-1')?.links.map(({ phase }) => phase)).toEqual(['begun', 'ended']);
  });

  test('never makes a record what its status does not allow, nor one of another resource', () => {
    const { session } = prepare(
      FRESH,
      { records: [remediationOf('rem-1', { status: 'rejected' })], answer: null },
      NEVER_READ,
    );
    const again = { records: [remediationOf('rem-1')], answer: null };
    expect(() => prepare(session, again, NEVER_READ)).toThrow('rem-1 is rejected by now and cannot become applying');
    const foreign = remediationOf('rem-2', { ref: { ...REF, resourceId: 'sg-2' } });
    expect(() => prepare(FRESH, { records: [foreign], answer: null }, NEVER_READ)).toThrow('another resource');
    expect(() =>
      withRecord(FRESH, { ...recordKey('rem-2'), version: 1, document: { remediation: foreign, links: [] } }),
    ).toThrow('another resource');
  });

  test('holds an exemption on the version of its item, and a check of the state', () => {
    const exemptions = [exemptionOf('ex-1')];
    const { writes, checks, session } = prepare(
      withShared({ ...FRESH, version: 4 }, sharedOf([])),
      { exemptions, answer: null },
      ({ sk }) => (sk.endsWith('ex-1') ? 5 : 0),
    );
    expect(writes).toMatchObject([{ sk: 'EXEMPTION#ex-1', read: 5, document: exemptions[0] }]);
    expect(checks).toEqual([{ ...STATE, read: 4 }]);
    expect(session.shared?.exemptions).toEqual(exemptions);
  });
});

test('a session out of nothing is that of a new resource', () => {
  expect(FRESH).toEqual({ key: KEY, version: 0, state: NEW_RESOURCE, shared: null, records: new Map() });
  expect(FRESH.state.head).toEqual(START);
});
