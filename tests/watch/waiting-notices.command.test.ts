import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allowIngress, createGroup, EVERYWHERE, from, ingressEvent, tcp } from '../../scenes/ec2/security-group.ts';
import { uniqueNames } from '../../scenes/names.ts';
import { controls } from '../../shared/controls/ec2/index.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { sqliteStore } from '../../shared/ledger/sqlite.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/time.ts';
import { publishWaitingNotices } from '../../shared/watch/waiting-notices.ts';
import { evenkeelAs, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { testEngine } from '../support/engine.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const local = await testAccount();
const account = { accountId: local.accountId, region: REGION, aws: local.aws(), name: uniqueNames() };
const file = join(temporaryFolder(), 'ledger.sqlite');
const ledger = ledgerIn(sqliteStore(file));
const evenkeel = evenkeelAs({ ...local.env, EVENKEEL_LEDGER: file });
const only = controls.filter(({ id }) => id === ADMIN_PORTS);

/** The engine at a time before or after now. Its notices wait. */
function engineAt(mode: 'detect' | 'remediate', fromNowMs: number) {
  const clock = { now: () => new Date(Date.now() + fromNowMs), sleep: async () => {} };
  const engine = testEngine((region) => local.aws(region), mode, { ledger, clock });
  return { ...engine, notifier: { ...engine.notifier, defers: () => true } };
}

/** Opens SSH of this number of groups, and gives their ids. */
async function burst(count: number, mode: 'detect' | 'remediate', fromNowMs = 0): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = await createGroup(account, account.name('group'));
    await allowIngress(account, id, [tcp(22, from(EVERYWHERE, 'just for today'))]);
    const context = { controls: only, fallback: account, home: REGION };
    await Array.fromAsync(receive(ingressEvent(account, id), engineAt(mode, fromNowMs), context));
    ids.push(id);
  }
  return ids.sort();
}

/** The commands that the digest names, each as it is written. */
async function commands(): Promise<readonly string[]> {
  const engine = engineAt('detect', 10 * MINUTE_MS);
  await publishWaitingNotices(engine);
  return engine.announced.flatMap(({ text }) => text.match(/npx evenkeel (?:findings|history).*/g) ?? []);
}

async function listedBy(command: string): Promise<readonly string[]> {
  const { stdout } = await evenkeel([...command.split(' ').slice(2), '--json']);
  const lines = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return lines.map(({ resourceId, ref }) => resourceId ?? ref.resourceId).sort();
}

test('the commands of a digest, run as they are written, list exactly what it is about', async () => {
  await burst(2, 'detect', -DAY_MS);
  await burst(1, 'remediate', -DAY_MS);
  await commands();
  const open = await burst(7, 'detect');
  const done = await burst(4, 'remediate');
  const [findings = '', history = '', ...more] = await commands();
  expect(more).toEqual([]);
  expect(await listedBy(findings)).toEqual(open);
  expect(await listedBy(history)).toEqual(done);
});
