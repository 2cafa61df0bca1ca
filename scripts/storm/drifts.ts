import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import pLimit from 'p-limit';
import scene from '../../scenes/ec2/ec2-security-group-high-risk-ports-restricted.ts';
import { uniqueNames } from '../../scenes/names.ts';
import type { Drift, SceneAccount, Snapshot } from '../../scenes/scene.ts';
import type { JsonObject } from '../../shared/event.ts';
import type { Aws } from '../../shared/resource.ts';

/** The control that the storm's scene is about. */
export const STORM_CONTROL = 'ec2-security-group-high-risk-ports-restricted';
/** Maximum scenes prepared or read at once. */
const CONCURRENCY = 8;

/** The account of the storm, reached as its owner. */
interface Owned {
  readonly accountId: string;
  readonly region: string;
  aws(region?: string): Aws;
}

/** A drift that has happened, with what it was before. */
export interface Drifted {
  readonly drift: Drift;
  readonly event: JsonObject;
  readonly compliant: unknown;
  readonly neighbours: Snapshot;
}

/** Prepares the storm's scene `count` times, and lets each drift happen. */
export async function makeDrifts(count: number, { accountId, region, aws }: Owned): Promise<readonly Drifted[]> {
  const account: SceneAccount = { accountId, region, aws: aws(), name: uniqueNames() };
  const limited = pLimit(CONCURRENCY);
  const make = async (): Promise<Drifted> => {
    const drift = await scene.prepare(account);
    const [compliant, neighbours] = [await drift.state(), await drift.neighbours()];
    const { event } = await drift.happen();
    return { drift, event, compliant, neighbours };
  };
  return Promise.all(Array.from({ length: count }, () => limited(make)));
}

/** Puts `count` events on the bus, each drift's as often as any other's, in a random order. */
export async function putEvents(count: number, drifts: readonly Drifted[], { aws }: Pick<Owned, 'aws'>): Promise<void> {
  const order = Array.from({ length: count }, (_, index) => ({ index, at: Math.random() })).toSorted(
    (a, b) => a.at - b.at,
  );
  const entries = order.map(({ index }) => {
    const { source, 'detail-type': DetailType, detail } = drifts[index % drifts.length]?.event ?? {};
    const Detail = JSON.stringify({ ...(detail as object), eventID: `storm-${index}` });
    return { Source: String(source), DetailType: String(DetailType), Detail };
  });
  const client = aws()(EventBridgeClient);
  for (let start = 0; start < entries.length; start += 10)
    await client.send(new PutEventsCommand({ Entries: entries.slice(start, start + 10) }));
}

/** The drifts that are left, and those whose neighbours are not as they were, by the state that they are in now. */
export async function leftOf(
  drifts: readonly Drifted[],
): Promise<{ open: readonly unknown[]; hurt: readonly unknown[] }> {
  const limited = pLimit(CONCURRENCY);
  const now = await Promise.all(
    drifts.map(({ drift, compliant, neighbours }) =>
      limited(async () => {
        const [state, beside] = [await drift.state(), await drift.neighbours()];
        return {
          open: isSame(state, compliant) ? [] : [state],
          hurt: isSame(beside, neighbours) ? [] : [beside],
        };
      }),
    ),
  );
  return { open: now.flatMap(({ open }) => open), hurt: now.flatMap(({ hurt }) => hurt) };
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
