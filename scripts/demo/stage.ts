import { randomInt } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { uniqueNames } from '../../scenes/names.ts';
import type { Happening, SceneAccount } from '../../scenes/scene.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { codeVersion } from '../../shared/lambda/version.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Result } from '../../shared/result.ts';
import { systemClock } from '../../shared/time.ts';
import { LOCAL_REGION, talkOnlyTo } from '../sandbox/local.ts';
import { type Mail, makeLocalWorld, takeMail } from '../sandbox/local-deployment.ts';

/** The account of the demo with Evenkeel in it, every control in the mode that it recommends. */
export interface Stage {
  readonly account: SceneAccount;
  readonly engine: Engine;
  /** Where its ledger is. */
  readonly table: string;
  /** Gives Evenkeel an event, as EventBridge would, at the time that the scene says. */
  replay(happening: Happening): Promise<readonly Result[]>;
  /** The notifications that have arrived since this was last asked. */
  mail(): Promise<readonly Mail[]>;
}

/** Sets Evenkeel up in an account of its own on the local server, so that nobody's state is in the way and a demo can be repeated; in one that is named, it finds what is there. */
export async function stageAt(endpoint: string, accountId = newAccountId()): Promise<Stage> {
  const region = LOCAL_REGION;
  talkOnlyTo(endpoint, region);
  await moveInto(accountId, region);
  const clients = awsClients();
  const aws = clients(region);
  const { table, topicArn, inboxUrl } = await makeLocalWorld(aws);
  let present: Date | undefined;
  const engine: Engine = {
    aws: clients,
    ledger: dynamoLedger(aws, table),
    notifier: snsNotifier(aws, topicArn),
    policy: policyFrom(null),
    // The local account shows each change at once: whoever waits for one to arrive waits in vain.
    clock: { now: () => present ?? systemClock.now(), sleep: async () => {} },
    codeVersion,
    ceiling: 'remediate',
    // Nothing here takes AWS minutes: no recheck is asked for.
    send: async () => {},
  };
  const context = { controls, detections, fallback: { accountId, region }, home: region };
  return {
    account: { accountId, region, aws, name: uniqueNames() },
    engine,
    table,
    async replay({ event, at }) {
      present = at;
      return (await Array.fromAsync(receive(event, engine, context))).flat();
    },
    mail: () => takeMail(aws, inboxUrl),
  };
}

const newAccountId = (): string => String(randomInt(200_000_000_000, 999_999_999_999));

/** The local server keeps the resources of each account apart, and every account lets everybody in. */
async function moveInto(accountId: string, region: string): Promise<void> {
  const RoleArn = `arn:aws:iam::${accountId}:role/demo`;
  const { Credentials } = await awsClients()(region)(STSClient).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'demo' }),
  );
  process.env.AWS_ACCESS_KEY_ID = Credentials?.AccessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = Credentials?.SecretAccessKey;
  process.env.AWS_SESSION_TOKEN = Credentials?.SessionToken;
}
