import pLimit from 'p-limit';
import { loadScenes } from '../../../scenes/index.ts';
import { uniqueNames } from '../../../scenes/names.ts';
import type { Scene, SceneAccount } from '../../../scenes/scene.ts';
import { controls } from '../../../shared/controls/index.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { drawFrom } from './draw.ts';
import { StormEngine } from './engine.ts';
import type { Fault } from './fault.ts';
import { Journal } from './journal.ts';
import { Life, type Stage } from './life.ts';
import { Pool } from './pool.ts';
import { StagedDrift } from './staged-drift.ts';
import type { Deployed, Post } from './task.ts';
import { verdictOn } from './verdict.ts';

/** What a run of faults is made of. */
export interface FaultsPlan {
  /** All that is drawn is drawn from it. */
  readonly seed: string;
  readonly resources: number;
  /** Processes that work at once. */
  readonly processes: number;
  /** The lives to run again, to find the cause of a violation; null: all. */
  readonly only?: readonly number[] | null;
}

/** The account that it takes place in. */
export interface FaultsAccount {
  readonly accountId: string;
  readonly region: string;
  /** Serves one call after the other, and none of it wrongly. */
  readonly endpoint: string;
  /** Credentials and region, for the processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly table: string;
  readonly topicArn: string;
  aws(region?: string): ReturnType<Engine['aws']>;
}

/** How it ended. */
export interface FaultsSummary {
  readonly seed: string;
  readonly resources: number;
  readonly calls: number;
  readonly writes: number;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  readonly kills: readonly { readonly phase: string; readonly isAfterWrite: boolean }[];
  readonly outcomes: Readonly<Record<string, number>>;
  readonly notifications: number;
  readonly violations: readonly string[];
}

/** What goes by age: a life takes minutes. */
const BY_AGE = ['iam-access-key-rotated', 'iam-unused-credentials-disabled'];
/** Of these an account has only one. */
const OF_ACCOUNT = controls.filter(({ resource }) => resource.type === 'AWS::::Account').map(({ id }) => id);

/** The drifts that many resources can have at once and that are remediated by the default parameters. */
async function faultScenes(): Promise<readonly Scene[]> {
  const files = (await loadScenes()).filter(({ id }) => ![...BY_AGE, ...OF_ACCOUNT].includes(id));
  return files
    .flatMap(({ proof, more }) => [proof, ...more])
    .filter(({ parameters }) => parameters === undefined)
    .filter(({ expects }) => Object.values(expects).every((outcome) => outcome === 'remediated'));
}

const policyOf = (scenes: readonly Scene[], mode: Deployed): string =>
  JSON.stringify({
    defaults: { mode: 'off' },
    controls: Object.fromEntries(scenes.flatMap(({ expects }) => Object.keys(expects)).map((id) => [id, { mode }])),
    limits: { remediationsPerHour: 100_000, flap: { times: 100, within: '1h' } },
  });

/** Lets resources drift, be remediated and undone while faults befall every call and processes are killed; then judges what is left. */
export async function faultsRun(
  { seed, resources, processes, only = null }: FaultsPlan,
  account: FaultsAccount,
  say: (text: string) => void = () => {},
): Promise<FaultsSummary> {
  const { accountId, region, table, topicArn, endpoint, env } = account;
  const draw = drawFrom(seed);
  const journal = new Journal();
  const scenes = await faultScenes();
  const policies = { remediate: policyOf(scenes, 'remediate'), approve: policyOf(scenes, 'approve') };
  const post: Post = { policies, table, topicArn, accountId, region };
  const pool = new Pool({ size: processes, target: endpoint, draw, journal, post, env });
  const violations: string[] = [];
  const outcomes = new Map<string, number>();
  const stage: Stage = {
    draw,
    pool,
    journal,
    calm: () => new StormEngine(post, account.aws),
    serviceOf,
    violated: (what) => {
      violations.push(what);
      say(what);
    },
    outcomes,
  };
  const theatre: SceneAccount = { accountId, region, aws: account.aws(region), name: uniqueNames() };
  // One after the other: the local account gives resources their names in the order in which they are made.
  const prepared: StagedDrift[] = [];
  const first = Math.floor(draw('first scene') * scenes.length);
  for (let index = 0; index < resources; index += 1) {
    const scene = scenes[(first + index) % scenes.length] as Scene;
    prepared.push(new StagedDrift(scene, await scene.prepare(theatre)));
  }
  say(`${resources} resources are ready`);
  const limited = pLimit(processes);
  let done = 0;
  const live = async (drift: StagedDrift, index: number) => {
    await new Life(index, drift, stage).run();
    done += 1;
    if (done % 20 === 0)
      say(
        `${done} of ${resources} lived, ${countOf(journal)} faults, ${journal.kills.length} kills, ${violations.length} violations`,
      );
  };
  try {
    const isWanted = (index: number) => only === null || only.includes(index);
    await Promise.all(prepared.map((one, index) => (isWanted(index) ? limited(() => live(one, index)) : null)));
  } finally {
    pool.end();
  }
  violations.push(...(await verdictOn(journal, stage.calm().engine('remediate').ledger)));
  return {
    seed,
    resources,
    calls: journal.calls,
    writes: journal.writes.length,
    faults: Object.fromEntries(journal.faults),
    kills: journal.kills,
    outcomes: Object.fromEntries(outcomes),
    notifications: journal.published.length,
    violations,
  };
}

const countOf = ({ faults }: Journal): number => [...faults.values()].reduce((sum, times) => sum + times, 0);

function serviceOf(resourceType: string): string {
  const found = controls.find(({ resource }) => resource.type === resourceType);
  if (found === undefined) throw new Error(`no control is of ${resourceType}`);
  return found.resource.service.id;
}
