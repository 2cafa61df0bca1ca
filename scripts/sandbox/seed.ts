import { uniqueNames } from '../../scenes/names.ts';
import type { Happening, Scene } from '../../scenes/scene.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import { callerOf } from '../../shared/cli/caller.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { codeVersion } from '../../shared/lambda/version.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { snsNotifier } from '../../shared/notify/sns.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { systemClock } from '../../shared/time.ts';
import { demoScenes, shortened } from '../demo/scenes.ts';
import type { LocalWorld } from './local-deployment.ts';

/** Drifts whose events a deployment in the recommended modes has already had: so there is something to undo and to approve. */
const ACTED_ON = 6;

/** What a seeded account holds. */
export interface Seeded {
  readonly drifts: number;
  readonly remediated: number;
  readonly open: number;
}

/** Makes these drifts, by default those of the demo, in the local account. The first ones were acted on as each control recommends; the others were only detected. */
export async function seed(
  { table, topicArn }: LocalWorld,
  region: string,
  say: (line: string) => void,
  chosen?: readonly Scene[],
): Promise<Seeded> {
  const clients = awsClients();
  const aws = clients(region);
  const { accountId } = await callerOf(clients, region);
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
    send: async () => {},
  };
  const context = { controls, detections, fallback: { accountId, region }, home: region };
  const replay = async ({ event, at }: Happening, ceiling: Engine['ceiling']) => {
    present = at;
    return (await Array.fromAsync(receive(event, { ...engine, ceiling }, context))).flat();
  };

  const scenes = chosen ?? shortened(await demoScenes());
  const account = { accountId, region, aws, name: uniqueNames() };
  const drifts = [];
  for (const [index, scene] of scenes.entries()) {
    if (index % 10 === 0) say(`Filling the account: ${index} of ${scenes.length} drifts`);
    const drift = await scene.prepare(account);
    for (const event of drift.earlier ?? []) await replay({ event }, 'remediate');
    drifts.push(drift);
  }
  let remediated = 0;
  for (const [index, drift] of drifts.entries()) {
    const results = await replay(await drift.happen(), index < ACTED_ON ? 'remediate' : 'detect');
    remediated += results.filter(({ outcome }) => outcome === 'remediated').length;
  }
  // In mode detect the engine of this process writes to the ledger too: what it found is open there.
  return { drifts: drifts.length, remediated, open: (await Array.fromAsync(engine.ledger.openFindings())).length };
}
