import { describe, expect, test } from '@jest/globals';
import { ACCOUNT } from '../../shared/ledger/breaker.ts';
import { readOnly, resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { change, exemptionOf, findingOf, REF, remediationOf, saveRecord } from '../support/ledger-fixtures.ts';
import { driftedBox, ledgerRun, runOptions } from '../support/ledger-run.ts';

const KEY = resourceKey('ec2', REF);
const T = Date.parse('2026-01-31T23:59:59.456Z');

describe('a ledger that is only read', () => {
  test('decides, gives the session as it would be, and keeps what it has', async () => {
    const ledger = memoryLedger();
    await change(ledger, KEY, { findings: { a: findingOf('a') } });
    await saveRecord(ledger, remediationOf('rem-1'));
    const before = await ledger.load(KEY);
    const dry = readOnly(ledger);
    const [next, answer] = await dry.update(await dry.load(KEY), (state) => ({
      next: { ...state, findings: {} },
      records: [remediationOf('rem-2')],
      exemptions: [exemptionOf('x')],
      answer: 'decided',
    }));
    expect(answer).toBe('decided');
    expect(next).toMatchObject({ version: before.version + 1, state: { findings: {}, head: { sequence: 2 } } });
    await dry.saveExemption(exemptionOf('x'));
    await dry.pause({ control: null, reason: '', by: '', at: '' });
    await dry.announcements.enqueue('a', { severity: 'HIGH', subject: '', text: '' });
    expect(await dry.resume(null)).toBe(false);
    expect(await dry.markOnce('m')).toBe(false);
    for (const either of [ledger, dry]) {
      expect(await either.load(KEY)).toEqual(before);
      expect(await either.remediation('rem-1')).toEqual(remediationOf('rem-1'));
      expect(await either.remediation('rem-2')).toBeNull();
      expect([await either.exemptions(), await either.pauses()]).toEqual([[], []]);
      expect(await either.wasMarked('m')).toBe(false);
    }
    expect(await ledger.announcements.claim(T)).toEqual([]);
  });

  test('begins no breaker and ends none', async () => {
    const ledger = memoryLedger();
    const session = await ledger.loadShared(await ledger.load(KEY));
    const { account } = driftedBox();
    await ledgerRun(account, runOptions(ledger, 'a'));
    const before = await ledger.breakers.all();
    await readOnly(ledger).breakers.close(ACCOUNT);
    expect(await ledger.breakers.all()).toEqual(before);
    expect(session.shared?.breakers.size).toBe(0);
  });
});
