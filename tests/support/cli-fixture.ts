import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { makeLocalWorld, takeMail } from '../../scripts/sandbox/local-deployment.ts';
import { controls } from '../../shared/controls/index.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import { parsePolicy } from '../../shared/policy/load.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Result } from '../../shared/result.ts';
import { systemClock } from '../../shared/time.ts';
import { evenkeelAs, withoutHeader } from './command.ts';
import { ADMIN_PORTS, openedEvent } from './drift.ts';
import { type TestAccount, testAccount } from './sandbox.ts';

/** An account with Evenkeel's ledger, topic and an inbox, and the command as somebody runs it there. */
export interface Hands {
  readonly account: TestAccount;
  readonly env: Readonly<Record<string, string>>;
  readonly table: string;
  readonly ledger: Ledger;
  /** Without the first line on stderr. */
  readonly evenkeel: ReturnType<typeof evenkeelAs>;
  /** The engine of this process, on the same account and ledger, at the same moment unless one is given. */
  engine(policy?: string, now?: Date): Engine;
  /** What an event that opens a group leads to, by the control of admin ports. */
  opened(groupId: string, policy?: string, now?: Date): Promise<Result>;
  /** What a recheck of a resource leads to, by these controls. */
  recheck(resourceType: string, resourceId: string, ids: readonly string[], policy: string): Promise<readonly Result[]>;
  /** A policy.yml of this text. */
  policyFile(text: string): string;
  /** What has arrived in the inbox since. */
  mail(): ReturnType<typeof takeMail>;
}

const DETECT = 'defaults: { mode: detect }\n';
export const REMEDIATE = `${DETECT}controls: { ${ADMIN_PORTS}: { mode: remediate } }\n`;
export const APPROVE = `${DETECT}controls: { ${ADMIN_PORTS}: { mode: approve } }\n`;

const own = controls.filter(({ id }) => id === ADMIN_PORTS);
let events = 0;

export async function makeHands(): Promise<Hands> {
  const account = await testAccount();
  const aws = account.aws();
  const { table, topicArn, inboxUrl } = await makeLocalWorld(aws);
  const env = { ...account.env, EVENKEEL_TABLE: table, EVENKEEL_TOPIC_ARN: topicArn };
  const store = dynamoStore(aws, table);
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const engine = (policy = REMEDIATE, now?: Date): Engine => ({
    aws: account.aws,
    ledger: ledgerIn(store, now === undefined ? Date.now : () => now.getTime()),
    notifier: snsNotifier(aws, topicArn),
    policy: policyFrom(parsePolicy(policy, 'policy.yml', controls)),
    clock: now === undefined ? systemClock : { now: () => now, sleep: async () => {} },
    codeVersion: 'test',
    ceiling: 'remediate',
    send: async () => {},
  });
  return {
    account,
    env,
    table,
    ledger: ledgerIn(store),
    evenkeel: async (...run) => withoutHeader(await evenkeelAs(env)(...run)),
    engine,
    async opened(groupId, policy, now) {
      events += 1;
      const event = openedEvent(account, groupId, `event ${events}`);
      const results = await Array.fromAsync(receive(event, engine(policy, now), { controls: own, fallback: account }));
      return results.flat()[0] as Result;
    },
    async recheck(resourceType, resourceId, ids, policy) {
      const { accountId, region } = account;
      const detail = { resourceType, resourceId, accountId, region };
      const event = { 'detail-type': 'Evenkeel Recheck', source: 'evenkeel', detail };
      const context = { controls: controls.filter(({ id }) => ids.includes(id)), fallback: account };
      return (await Array.fromAsync(receive(event, engine(policy), context))).flat();
    },
    policyFile(text) {
      events += 1;
      const file = join(folder, `${events}.yml`);
      writeFileSync(file, text);
      return file;
    },
    mail: () => takeMail(aws, inboxUrl),
  };
}
