import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT } from '../../shared/ledger/breaker.ts';
import { chainErrors } from '../../shared/ledger/chain.ts';
import { sqliteStore } from '../../shared/ledger/sqlite.ts';
import type { Store } from '../../shared/ledger/store.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { temporaryFolder } from '../support/command.ts';
import { ledgerAccount } from '../support/ledger-account.ts';
import { CONTROL } from '../support/ledger-run.ts';
import type { LedgerAnswer, LedgerTask } from '../support/ledger-worker.ts';
import { startProcesses, type Worker } from '../support/workers.ts';

const PROCESSES = 8;
const RESOURCES = 200;
const LIMITS = { control: 60, account: 500 };
const account = await ledgerAccount();
const file = join(temporaryFolder(), 'ledger.sqlite');

const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? 0;

describe.each<[string, Store, Readonly<Record<string, string>>]>([
  ['in DynamoDB', account.store, account.env],
  ['in a SQLite file', sqliteStore(file), { EVENKEEL_LEDGER: file }],
])('eight processes with a ledger %s', (_where, store, env) => {
  const ledger = ledgerIn(store);
  let workers: readonly Worker<LedgerTask, LedgerAnswer>[] = [];
  beforeAll(async () => {
    workers = await startProcesses('./ledger-worker.ts', PROCESSES, env, LIMITS);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.end()));
  });

  /** Delivers an event of each resource, `times` over, each time to another process. */
  const deliver = (resourceIds: readonly string[], times: number): Promise<readonly LedgerAnswer[]> =>
    Promise.all(
      resourceIds.flatMap((resourceId, index) =>
        Array.from({ length: times }, (_, time) =>
          (workers[(index + time) % PROCESSES] as Worker<LedgerTask, LedgerAnswer>).work({
            resourceId,
            holder: `${resourceId}-${time}`,
          }),
        ),
      ),
    );

  test('on 200 resources at once: exactly as many remediations as the limit says, one opening, and few tries', async () => {
    const started = performance.now();
    const answers = await deliver(
      Array.from({ length: RESOURCES }, (_, index) => `sg-many-${index}`),
      1,
    );
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const tries = answers.flatMap((answer) => answer.tries);
    const figures = [0.5, 0.9, 0.99, 1].map((part) => `p${part * 100} ${percentile(tries, part)}`).join(', ');
    process.stderr.write(`${tries.length} updates of the ledger in ${seconds} s, tries: ${figures}\n`);

    const ended = (outcome: string) => answers.filter((answer) => answer.outcome === outcome).length;
    expect([ended('remediated'), ended('halted')]).toEqual([LIMITS.control, RESOURCES - LIMITS.control]);
    expect(answers.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
    const breakers = await ledger.breakers.all();
    expect([breakers.get(CONTROL)?.times, breakers.get(ACCOUNT)?.times].map((times) => times?.length)).toEqual([
      LIMITS.control,
      LIMITS.control,
    ]);
    expect(breakers.get(CONTROL)?.openedAt).toEqual(expect.any(Number));
    expect(breakers.get(ACCOUNT)?.openedAt).toBeNull();
    const records = await Array.fromAsync(ledger.remediations());
    expect(records.map(({ status }) => status)).toEqual(Array.from({ length: LIMITS.control }, () => 'remediated'));
    expect(percentile(tries, 0.99)).toBeLessThan(5);
  }, 180_000);

  test('that hear of the same resources: one write, one record and one notification each, and whole chains', async () => {
    await ledger.breakers.close(CONTROL);
    const resourceIds = Array.from({ length: 16 }, (_, index) => `sg-same-${index}`);
    const answers = await deliver(resourceIds, 3);
    const outcomes = answers.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'remediated')).toHaveLength(resourceIds.length);
    expect(outcomes).not.toContain('halted');
    expect(answers.flatMap(({ published }) => published)).toHaveLength(resourceIds.length);
    for (const resourceId of resourceIds)
      expect((await store.query(`BOX#${resourceId}`)).map(({ sk }) => sk)).toEqual(['REMEDIATED']);
    const chains = await ledger.chains();
    const own = [...chains].filter(([key]) => key.includes('sg-same-'));
    expect(own).toHaveLength(resourceIds.length);
    for (const [, { head, links, evidence }] of chains) {
      expect(links.map(({ phase }) => phase)).toEqual(['begun', 'ended']);
      expect(chainErrors(head, links, (id) => evidence.get(id) ?? null)).toEqual([]);
    }
  });
});
