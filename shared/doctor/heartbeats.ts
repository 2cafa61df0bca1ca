import { type Heartbeat, isOverdue, LIMIT_MS } from '../ledger/heartbeat.ts';
import { counted } from '../text.ts';
import type { Deployment } from './deployment.ts';
import { type CheckResult, deploymentCheck, fail, problemsOr, warn } from './diagnosis.ts';

/** After two heartbeats in a row that were never sent, the watch function is not running. */
const STOPPED_AFTER_MS = 2 * LIMIT_MS;

/** Whether the changes of every region arrive as events. */
export const heartbeats = deploymentCheck({
  name: 'heartbeats',
  remedy: 'check your permissions on the table',
  async run(deployment, { engine, table }) {
    if (!table) return [];
    const known = await engine.ledger.heartbeats.all();
    const now = engine.clock.now().getTime();
    const problems = deployment.regions.flatMap((region) => {
      const heartbeat = known.get(region);
      return heartbeat === undefined
        ? withoutHeartbeat(region, deployment, now)
        : problemsOf(region, heartbeat, deployment, now);
    });
    const delays = deployment.regions.map((region) => now - (known.get(region)?.arrived ?? now));
    const oldest = Math.round(Math.max(...delays) / 60_000);
    return problemsOr(problems, `received from every region within the last ${counted(oldest, 'minute')}`);
  },
});

function withoutHeartbeat(region: string, { since, stack, home }: Deployment, now: number): readonly CheckResult[] {
  if (now - since < STOPPED_AFTER_MS)
    return [warn(`${region}: no heartbeat yet`, 'the first one arrives within 30 minutes of the deploy', region)];
  return [fail(`${region}: no heartbeat was ever sent`, logs(stack, home), region)];
}

function problemsOf(
  region: string,
  heartbeat: Heartbeat,
  { stack, home }: Deployment,
  now: number,
): readonly CheckResult[] {
  const { sent, silentSince, waiting, failure, leftOut } = heartbeat;
  // The check `regions` says so.
  if (leftOut) return [];
  if (isOverdue(heartbeat, now))
    return [
      fail(
        `${region}: no events since ${timeOf(silentSince ?? waiting)}: changes there go unseen`,
        'resolve what the checks trails, rules, forwarding and queues report; the next heartbeat clears this',
        region,
      ),
    ];
  if (failure !== null)
    return [
      fail(
        `${region}: the heartbeat could not be sent: ${failure}`,
        'check the region and the role of the watch function',
        region,
      ),
    ];
  if (sent !== null && now - sent > STOPPED_AFTER_MS)
    return [fail(`${region}: no heartbeat was sent since ${timeOf(sent)}`, logs(stack, home), region)];
  return [];
}

const timeOf = (time: number | null) => (time === null ? 'an unknown time' : new Date(time).toISOString());

const logs = (stack: string, home: string) => `aws logs tail /aws/lambda/${stack}-watch --since 2h --region ${home}`;
