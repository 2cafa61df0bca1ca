import { randomUUID } from 'node:crypto';
import { launchInstance } from '../scenes/ec2/instance.ts';
import type { Counts, Measured } from '../shared/cli/costs/model.ts';
import { sweepMessage } from '../shared/engine/sweep/cursor.ts';
import { INTERNAL_SOURCE, WATCH_DETAIL_TYPE } from '../shared/internal-events.ts';
import { bucket, record, securityGroup, slackWebhook, subscribeSlack, trail, volume } from './resources.ts';
import { type Bench, startWork, type Working } from './working.ts';

const RECORD = 'AWS API Call via CloudTrail';
/** Where the address of the webhook lies that the deployment posts to. */
export const SLACK_SECRET = 'evenkeel/slack';

/** Services that are swept here, each with the domain whose function serves it. */
const EC2 = ['ec2', 'infrastructure'] as const;
const S3 = ['s3', 'data'] as const;

/** A group in a listing takes so little that one has to count many; and a sweep is made several times, as its length varies. */
const GROUPS_TO_A_BUCKET = 10;
const SWEEPS = 5;

/** Runs the load, `times` of each kind, and gives the counts of one. `say` hears how far it is. */
export async function measure(
  bench: Bench,
  times: number,
  say: (text: string) => void,
): Promise<Omit<Measured, 'catalogue'>> {
  const { regions, aws } = bench;
  const [home = ''] = regions;
  await trail(home, aws());
  await slackWebhook(SLACK_SECRET, aws());
  await subscribeSlack(bench);
  const working = await startWork(bench);
  try {
    say('sweeps');
    const sweeps = await sweepKinds(bench, working, times);
    say('changes');
    const changes = await changeKinds(bench, working, times);
    say('heartbeats and daily tasks');
    return { ...sweeps, ...changes, ...(await watchKinds(bench, working, times)) };
  } finally {
    working.end();
  }
}

/** A sweep that finds nothing, and what each resource adds to it. */
async function sweepKinds({ accountId, regions, aws }: Bench, working: Working, times: number) {
  const [region = ''] = regions;
  const sweepOf = async ([service, domain]: readonly [string, string]): Promise<Counts> => {
    const { detailType, detail } = sweepMessage({ service, accountId, region }, randomUUID());
    await working.comes(domain, { source: INTERNAL_SOURCE, 'detail-type': detailType, detail });
    return working.work(domain);
  };
  // What a new account has wrong is remediated first, and the ledger has heard of a sweep.
  for (const service of [EC2, S3]) await sweepOf(service);
  await working.settle();
  const swept = (service: typeof EC2 | typeof S3) => meanOf(SWEEPS, () => sweepOf(service));
  const [groups, buckets] = [await swept(EC2), await swept(S3)];
  const moreGroups = times * GROUPS_TO_A_BUCKET;
  for (let index = 0; index < times; index += 1) await bucket(`swept-${index}`, region, aws());
  for (let index = 0; index < moreGroups; index += 1) await securityGroup(`swept-${index}`, false, aws());
  const added = (full: Counts, empty: Counts, resources: number) =>
    combined([full, empty], ([a = 0, b = 0]) => Math.max(0, a - b) / resources);
  return {
    sweep: combined([groups, buckets], ([a = 0, b = 0]) => (a + b) / 2),
    group: added(await swept(EC2), groups, moreGroups),
    bucket: added(await swept(S3), buckets, times),
  };
}

/** Changes one by one, as they come in a quiet account: each is a batch of its own. */
async function changeKinds({ accountId, regions, aws }: Bench, working: Working, times: number) {
  const [region = ''] = regions;
  const here = { accountId, region };
  const changedGroup = async (isOpen: boolean) => {
    const groupId = await securityGroup(randomUUID(), isOpen, aws());
    await working.happens('aws.ec2', RECORD, record(here, ['ec2', 'AuthorizeSecurityGroupIngress'], { groupId }));
    return working.work('infrastructure');
  };
  const instanceId = await launchInstance({ aws: aws() });
  let attached = 0;
  const changedVolume = async () => {
    attached += 1;
    const volumeId = await volume(instanceId, attached, region, aws());
    const parameters = { volumeId, instanceId, device: `/dev/sd${attached}` };
    await working.happens('aws.ec2', RECORD, record(here, ['ec2', 'AttachVolume'], parameters));
    return working.work('infrastructure');
  };
  const compliant = await meanOf(times, () => changedGroup(false));
  const remediated = await meanOf(times, () => changedGroup(true));
  const detected = await meanOf(times, changedVolume);
  await working.settle();
  const slack = await meanOf(times, async () => {
    await changedVolume();
    return working.work('slack');
  });
  return { compliant, remediated, detected, slack };
}

/** Beats of all regions, a heartbeat that comes back from another region, and the daily tasks. */
async function watchKinds({ accountId, regions, deployment }: Bench, working: Working, times: number) {
  const body = (task: string) => ({
    source: INTERNAL_SOURCE,
    'detail-type': WATCH_DETAIL_TYPE,
    detail: { task, stack: deployment.stack, regions },
  });
  const task = async (name: string) => {
    await working.comes('watch', body(name));
    return working.work('watch');
  };
  const heard = async (region: string) => {
    const queueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${deployment.stack}-failed-events`;
    await working.happens('aws.sqs', RECORD, record({ accountId, region }, ['sqs', 'TagQueue'], { queueUrl }), region);
    return working.work('watch');
  };
  // What is not well in the local account is notified with the first, and then known.
  for (const name of ['heartbeat', 'heartbeat', 'daily', 'daily']) await task(name);
  for (const region of regions) await heard(region);
  await working.settle();
  const few = Math.min(times, 5);
  const beat = await meanOf(few, () => task('heartbeat'));
  const back = await meanOf(few, () => heard(regions.at(-1) ?? ''));
  const day = await meanOf(few, () => task('daily'));
  return { beat, heard: back, day };
}

async function meanOf(times: number, counts: () => Promise<Counts>): Promise<Counts> {
  const all: Counts[] = [];
  while (all.length < times) all.push(await counts());
  return combined(all, (values) => values.reduce((a, b) => a + b, 0) / times);
}

function combined(all: readonly Counts[], of: (values: readonly number[]) => number): Counts {
  const names = Object.keys(all[0] ?? {}) as readonly (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, of(all.map((counts) => counts[name]))])) as unknown as Counts;
}
