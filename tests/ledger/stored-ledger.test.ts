import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, admit, NO_BREAKERS } from '../../shared/ledger/breaker.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryLedger, memoryStore } from '../../shared/ledger/memory.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { countingStore, type StoreCall } from '../support/counting-store.ts';
import { change, exemptionOf, REF } from '../support/ledger-fixtures.ts';
import { driftedBox, ledgerRun, type RunAccount, runOptions } from '../support/ledger-run.ts';

const KEY = resourceKey('ec2', REF);
const LIMITS = { control: 50, account: 500 };
const T = Date.parse('2026-01-31T23:59:59.456Z');

describe('the calls of a run', () => {
  const HOLDER = 'a1b2c3d4-e5f6-4789-8abc-def012345678';
  const namesOf = (calls: readonly StoreCall[]) =>
    calls.map(({ call, items }) => [call, ...items.map((item) => item.split(/[#|]/)[0])].join(' '));
  const unitsOf = (calls: readonly StoreCall[]) => calls.reduce((sum, { writeUnits }) => sum + writeUnits, 0);
  const scene = () => {
    const { store, calls } = countingStore(memoryStore());
    const ledger = ledgerIn(store);
    const { account, state } = driftedBox();
    const run = () => ledgerRun(account, runOptions(ledger, HOLDER));
    return { ledger, calls, account, state, run };
  };

  test('that remediates by one step: six, of at most 20 write units, with items below a kilobyte', async () => {
    const { calls, run } = scene();
    expect((await run()).outcome).toBe('remediated');
    expect(namesOf(calls)).toEqual([
      'get RESOURCE',
      'commit RESOURCE',
      'query SHARED',
      'commit RESOURCE REMEDIATION SHARED BREAKER SHARED BREAKER',
      'commit RESOURCE REMEDIATION',
      'commit RESOURCE',
    ]);
    expect(unitsOf(calls)).toBeLessThanOrEqual(20);
    for (const [, size] of calls.flatMap(({ bytes }) => Object.entries(bytes))) expect(size).toBeLessThan(1024);
  });

  test('that remediates with breakers of many places is within 25 write units', async () => {
    const { ledger, calls, run } = scene();
    const scopes = [{ scope: ACCOUNT, limit: LIMITS.account }];
    let session = await ledger.loadShared(await ledger.load('other'));
    for (let place = 0; place < 300; place += 1) {
      [session] = await ledger.update(session, (next, shared) => ({
        next,
        breakers: admit(shared?.breakers ?? NO_BREAKERS, scopes, T - place, Math.random).writes,
        answer: null,
      }));
    }
    calls.length = 0;
    await run();
    expect(unitsOf(calls)).toBeLessThanOrEqual(25);
  });

  test('that finds nothing: one read', async () => {
    const { calls, state, run } = scene();
    state.drifted = false;
    expect((await run()).outcome).toBe('compliant');
    expect(namesOf(calls)).toEqual(['get RESOURCE']);
  });

  test('that comes while another is at work: a read and a mark', async () => {
    const { ledger, calls, account, run } = scene();
    let marked: string | undefined;
    const slow: RunAccount = {
      ...account,
      async call() {
        calls.length = 0;
        marked = (await ledgerRun(account, runOptions(ledger, 'another'))).outcome;
        expect(namesOf(calls)).toEqual(['get RESOURCE', 'commit RESOURCE']);
        await account.call();
      },
    };
    await ledgerRun(slow, runOptions(ledger, HOLDER));
    expect(marked).toBe('marked');
    expect((await run()).outcome).toBe('compliant');
  });
});

test('what is decided on a state that another run has changed meanwhile is decided anew, though the state itself stays', async () => {
  const ledger = memoryLedger();
  const session = await ledger.loadShared(await ledger.load(KEY));
  await change(ledger, KEY, { ...session.state, arn: 'of another run' });
  const seen: (string | null)[] = [];
  await ledger.update(session, ({ arn }) => {
    seen.push(arn);
    return { exemptions: [exemptionOf('ex-1')], answer: null };
  });
  expect(seen).toEqual([session.state.arn, 'of another run']);
});
