import { isOverdue, LIMIT_MS } from '../ledger/heartbeat.ts';
import type { Heartbeat } from '../ledger/heartbeats.ts';
import type { Deployment } from './deployment.ts';
import { counted, ill, look, ofDeployment, troublesOr, type Verdict } from './diagnosis.ts';

/** Two heartbeats in a row that were not even made: whoever makes them does not run. */
const STOPPED = 2 * LIMIT_MS;

/** Whether changes of every region still come back as events. */
export const heartbeats = ofDeployment({
  what: 'heartbeats',
  mend: 'see your permissions on the table',
  async examine(deployment, { engine, table }) {
    if (!table) return [];
    const known = await engine.ledger.heartbeats.all();
    const now = engine.clock.now().getTime();
    const troubles = deployment.regions.flatMap((region) => {
      const heartbeat = known.get(region);
      return heartbeat === undefined
        ? unbeaten(region, deployment, now)
        : troublesOf(region, heartbeat, deployment, now);
    });
    const delays = deployment.regions.map((region) => now - (known.get(region)?.arrived ?? now));
    const oldest = Math.round(Math.max(...delays) / 60_000);
    return troublesOr(troubles, `heard from every region within ${counted(oldest, 'minute')}`);
  },
});

function unbeaten(region: string, { since, stack, home }: Deployment, now: number): readonly Verdict[] {
  if (now - since < STOPPED)
    return [look(`${region}: no heartbeat yet`, 'the first comes within 30 minutes of the deploy', region)];
  return [ill(`${region}: no heartbeat was ever made`, logs(stack, home), region)];
}

function troublesOf(
  region: string,
  heartbeat: Heartbeat,
  { stack, home }: Deployment,
  now: number,
): readonly Verdict[] {
  const { sent, silentSince, waiting, failure } = heartbeat;
  if (isOverdue(heartbeat, now))
    return [
      ill(
        `${region}: silent since ${timeOf(silentSince ?? waiting)}: its changes do not arrive`,
        'mend what the lines "trails", "rules", "forwarding" and "queues" say; the next heartbeat ends it',
        region,
      ),
    ];
  if (failure !== null)
    return [
      ill(
        `${region}: the heartbeat cannot be made: ${failure}`,
        'see the region and the role of the watch function',
        region,
      ),
    ];
  if (sent !== null && now - sent > STOPPED)
    return [ill(`${region}: no heartbeat was made since ${timeOf(sent)}`, logs(stack, home), region)];
  return [];
}

const timeOf = (time: number | null) => (time === null ? 'ever' : new Date(time).toISOString());

const logs = (stack: string, home: string) => `aws logs tail /aws/lambda/${stack}-watch --since 2h --region ${home}`;
