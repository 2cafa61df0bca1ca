import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Drift, SceneFile, SceneOutcome } from '../../scenes/scene.ts';
import { recommended } from '../../scripts/demo/scenes.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import { controls } from '../../shared/controls/index.ts';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { route } from '../../shared/engine/intake/route.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import type { Result } from '../../shared/result.ts';
import { isWrite, wireTo } from './aws-proxy.ts';
import { evenkeelAs, linesOf, temporaryFolder } from './command.ts';
import { testAccount } from './sandbox.ts';
import { sceneAccount } from './test-scene.ts';

/** The scenes' own region, that of global services, and two whose settings stay as they are beside the drifts. */
const REGIONS = ['eu-west-1', 'us-east-1', 'eu-central-1', 'eu-north-1'];
/** Where the command keeps what has no region, without a deployment. */
const HOME = 'us-east-1';

/** What a sweep found of one resource by one control. */
export interface Found extends Result {
  readonly controlId: string;
  readonly resourceId: string;
  readonly region: string;
}

/** A sweep by the command, as its user reads it. */
export interface Swept {
  readonly status: number | null;
  readonly lines: readonly Result[];
  /** What was found, by control and resource. */
  readonly found: ReadonlyMap<string, Found>;
  readonly writes: readonly string[];
}

/** A control's scene whose drift has happened. */
export interface Happened {
  readonly id: string;
  /** How it ends in the mode that its control recommends. */
  readonly outcome: SceneOutcome;
  /** When it is drift; undefined where it is at once. */
  readonly at: Date | undefined;
  /** The resources that its event leads to, as keys of `found`: the one that drifted is among them. */
  readonly routed: readonly string[];
  /** The names of what stands beside it. */
  readonly neighbours: readonly string[];
}

export const keyOf = (controlId: string | null, region: string | null, resourceId: string | null): string =>
  `${controlId} ${region} ${resourceId}`;

/** An account of its own, and the command beside it, with a ledger that it keeps. */
export async function catalogueAccount(files: readonly SceneFile[]) {
  const account = await testAccount();
  const wire = await wireTo(account.endpoint);
  const cwd = temporaryFolder();
  const policy = join(cwd, 'policy.yml');
  writeFileSync(policy, JSON.stringify(policyOf(files, account)));
  // As often as the command itself says: hundreds of calls are under way at once.
  const { AWS_MAX_ATTEMPTS: _, ...own } = account.env;
  const env = { ...own, AWS_ENDPOINT_URL: wire.endpoint };
  const evenkeel = evenkeelAs({ ...env, EVENKEEL_LEDGER: join(cwd, 'ledger.sqlite') });
  const ids = controls.map(({ id }) => id).filter((id) => files.some(({ proof }) => id in proof.expects));
  const clients = awsClients();
  const aws = (region = account.region) => clients(region);
  const ready: { file: SceneFile; drift: Drift; neighbours: readonly string[] }[] = [];

  return {
    /** Prepares all that the scenes need. */
    async prepare(): Promise<void> {
      Object.assign(process.env, env);
      delete process.env.AWS_MAX_ATTEMPTS;
      wire.alter([{ call: 'ec2:DescribeRegions', change: onlyThese }]);
      const stage = sceneAccount({ ...account, aws });
      for (const file of files) {
        const drift = await file.proof.prepare(stage);
        ready.push({ file, drift, neighbours: Object.keys(await drift.neighbours()) });
      }
    },
    /** Sweeps all regions by the controls of these scenes, or by some of them, now or at a later time. */
    async sweep({ only = ids, ahead = 0 }: { only?: readonly string[]; ahead?: number } = {}): Promise<Swept> {
      wire.take();
      const flags = ['--mode', 'remediate', '--policy', policy, ...only.flatMap((id) => ['--control', id])];
      const finished = await evenkeel(['sweep', '--json', ...flags], { cwd, ahead });
      const lines = linesOf(finished);
      const keyed = lines.map((line) => [keyOf(line.controlId, line.region, line.resourceId), line as Found] as const);
      return { status: finished.status, lines, found: new Map(keyed), writes: wire.take().filter(isWrite) };
    },
    /** Makes every drift. */
    async happen(): Promise<readonly Happened[]> {
      const happened: Happened[] = [];
      for (const { file, drift, neighbours } of ready) {
        const { event, at } = await drift.happen();
        const own = controls.filter(({ id }) => id in file.proof.expects);
        const context = { controls: own, aws, fallback: account, home: HOME };
        const routes = await Promise.all(changesIn(event).map((change) => route(change, context)));
        const refs = routes.flatMap(({ subjects }) => subjects.map(({ ref }) => ref));
        for (const [id, outcome] of Object.entries(recommended(file.proof.expects))) {
          const routed = refs.map(({ region, resourceId }) => keyOf(id, region, resourceId));
          happened.push({ id, outcome, at, routed, neighbours });
        }
      }
      return happened;
    },
  };
}

/** An account that has no other regions: each takes a pass of every service. */
const onlyThese = (body: string): string =>
  body.replace(/<item>.*?<\/item>/gs, (item) =>
    REGIONS.some((region) => item.includes(`<regionName>${region}<`)) ? item : '',
  );

/** Every control in the mode that it recommends, with the parameters that its scene asks for. */
const policyOf = (files: readonly SceneFile[], account: { readonly accountId: string }): PolicyDocument => ({
  defaults: { mode: 'recommended' },
  controls: Object.fromEntries(
    files.flatMap(({ id, proof: { parameters } }) =>
      parameters === undefined ? [] : [[id, { mode: 'recommended' as const, parameters: parameters(account) }]],
    ),
  ),
});

/** True where the names of the neighbours tell of this resource: by its id, or by the end of it; of a setting of the account, by its region. */
export function isAmong(neighbours: readonly string[], { resourceId, accountId, region }: Found): boolean {
  const words = new Set(neighbours.flatMap((name) => name.split(' ')));
  if (resourceId === accountId) return words.has(region);
  return words.has(resourceId) || words.has(resourceId.split(/[/:]/).at(-1) ?? '');
}
