import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../shared/cli/errors.ts';
import { lastUndoable, recordIdOf } from '../../shared/cli/record-id.ts';
import type { Remediation } from '../../shared/ledger/records.ts';
import { remediationOf } from '../support/ledger-fixtures.ts';
import { SAMPLE_ACCOUNT } from '../support/samples.ts';

const ledgerOf = (records: readonly Remediation[]) => ({
  remediation: async (id: string) => records.find((record) => record.id === id) ?? null,
  remediations: async function* () {
    yield* records;
  },
});

describe('an id by its beginning', () => {
  const ledger = ledgerOf(
    ['rem-20261101-aa', 'rem-20261101-ab', 'rem-20261102-aa', 'rem-20261102'].map((id) => remediationOf(id)),
  );

  test.each([
    ['rem-20261101-aa', 'rem-20261101-aa'],
    ['rem-20261101-ab', 'rem-20261101-ab'],
    ['rem-20261101-a', null],
    ['20261101-ab', 'rem-20261101-ab'],
    ['rem-20261102', 'rem-20261102'],
    ['rem-20261102-', 'rem-20261102-aa'],
    ['rem-2027', null],
    ['rem-2', null],
    ['', null],
    ['aa', null],
  ])('%j is %j', async (named, id) => {
    const found = recordIdOf(named, ledger);
    if (id === null) await expect(found).rejects.toThrow(UsageError);
    else expect(await found).toBe(id);
  });

  test('says what there is', async () => {
    const ask = (named: string) => recordIdOf(named, ledger);
    await expect(ask('rem-2026')).rejects.toThrow(
      'rem-2026: rem-20261101-aa, rem-20261101-ab, rem-20261102-aa and 1 more begin so; give more of the id',
    );
    await expect(ask('rem-2027')).rejects.toThrow('there is no remediation rem-2027; npx evenkeel history lists them');
  });
});

describe('the last remediation', () => {
  const made = (id: string, rest: Partial<Remediation> = {}) => remediationOf(id, { status: 'remediated', ...rest });
  const undo = (id: string, undoes: string, status: Remediation['status'] = 'remediated') =>
    made(id, { kind: 'undo', undoes, status });
  const last = async (...records: readonly Remediation[]) => (await lastUndoable(SAMPLE_ACCOUNT, ledgerOf(records))).id;

  test('is the latest that was made', async () => {
    expect(await last(made('rem-1'), made('rem-2'), made('rem-3', { status: 'failed' }))).toBe('rem-2');
  });

  test('is none that was undone, unless the undo failed, and no undo', async () => {
    expect(await last(made('rem-1'), made('rem-2'), undo('rem-3', 'rem-2'))).toBe('rem-1');
    expect(await last(made('rem-1'), undo('rem-2', 'rem-1', 'failed'))).toBe('rem-1');
    expect(await last(made('rem-1'), made('rem-2'), undo('rem-3', 'rem-2', 'pending'))).toBe('rem-1');
  });

  test('is none of another account', async () => {
    const ref = { ...made('rem-2').ref, accountId: '999999999999' };
    expect(await last(made('rem-1'), made('rem-2', { ref }))).toBe('rem-1');
    await expect(last(made('rem-2', { ref }))).rejects.toThrow('there is no remediation that could be undone');
  });
});
