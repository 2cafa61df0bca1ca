import { Command } from 'commander';
import { atMost } from '../at-most.ts';
import { enabledRegions } from '../aws/regions.ts';
import type { AnyControl, AnyResource } from '../control.ts';
import type { Cause, Engine, Subject } from '../engine/context.ts';
import { messageOf } from '../engine/errors.ts';
import { byResource } from '../engine/intake/route.ts';
import { reconcile } from '../engine/reconcile/reconciler.ts';
import { type Result, resultWithoutResource } from '../result.ts';
import { engineFor, type Home, home } from './context.ts';
import { chosenControls, type LookOptions, withLookOptions } from './options.ts';
import { type Progress, progressOn } from './progress.ts';
import { reportTo } from './report.ts';

/** So many listings are asked for at once, and so many resources are looked at. */
const LISTINGS = 6;
const LOOKS = 8;

export const sweepCommand = () =>
  withLookOptions(new Command('sweep'), 'only this AWS region (default: all that are enabled in the account)')
    .description('Look at every resource of the enabled controls in all regions; write only with --mode remediate.')
    .action(sweep);

/** One resource type in one region. */
interface Stretch {
  readonly region: string;
  readonly resource: AnyResource;
  readonly controls: readonly AnyControl[];
}

async function sweep(options: LookOptions): Promise<void> {
  useCalmClients();
  const engine = engineFor(options);
  const here = await home(engine.aws);
  const report = reportTo(options.json === true, options.exitCode === true);
  const progress = progressOn(process.stderr);
  const add = (result: Result) => {
    progress.clear();
    report.add(result);
  };
  const regions = await regionsOf(options, engine, here, add);
  const stretches = stretchesOf(regions, here, byResource(chosenControls(options.control)));
  const run = { engine, accountId: here.accountId, add, tell: teller(progress, stretches.length) };
  const listing = atMost(LISTINGS);
  const looking = atMost(LOOKS);
  await Promise.all(stretches.map((stretch) => listing(() => lookThrough(stretch, run, looking))));
  progress.clear();
  process.exitCode = report.finish();
}

/** Whoever asks about a whole account has time: the SDK slows down where AWS is asked too much, unless its own settings say otherwise. */
function useCalmClients(): void {
  process.env.AWS_RETRY_MODE ||= 'adaptive';
  process.env.AWS_MAX_ATTEMPTS ||= '8';
}

/** The regions to look at; home alone where nobody tells which are enabled, and that is a failure. */
async function regionsOf(
  { region }: LookOptions,
  { aws }: Engine,
  here: Home,
  add: (result: Result) => void,
): Promise<readonly string[]> {
  if (region !== undefined) return [region];
  try {
    return await enabledRegions(aws(here.region), here.region);
  } catch (error) {
    add(
      failure(here, `could not tell which regions are enabled, and looked at ${here.region} only: ${messageOf(error)}`),
    );
    return [here.region];
  }
}

/** What there is once for the account is looked at once, at home. */
const stretchesOf = (
  regions: readonly string[],
  here: Home,
  types: ReadonlyMap<AnyResource, readonly AnyControl[]>,
): readonly Stretch[] =>
  regions.flatMap((region) =>
    [...types]
      .filter(([{ scope }]) => scope !== 'account' || region === here.region)
      .map(([resource, controls]) => ({ region, resource, controls })),
  );

interface Run {
  readonly engine: Engine;
  readonly accountId: string;
  add(result: Result): void;
  tell(stretch: Stretch, seen: 'one more' | 'done'): void;
}

/** Looks at all that a type has in a region. A type that cannot be listed fails, and the others go on. */
async function lookThrough(stretch: Stretch, run: Run, inTurn: ReturnType<typeof atMost>): Promise<void> {
  const { resource, controls, region } = stretch;
  const { engine, accountId, add, tell } = run;
  const cause: Cause = {
    eventId: null,
    eventName: 'Sweep',
    eventTime: null,
    receivedAt: engine.clock.now().toISOString(),
    attribution: null,
  };
  try {
    for await (const { items } of resource.list(engine.aws(region), { accountId, region })) {
      const subjects = items.map(({ resourceId, region: own = region, facets = {} }): Subject => {
        const ref = { resourceType: resource.type, resourceId, accountId, region: own };
        return { resource, ref, controls, known: facets };
      });
      const look = async (subject: Subject) => {
        tell(stretch, 'one more');
        for (const result of await reconcile(subject, cause, engine)) add(result);
      };
      await Promise.all(subjects.map((subject) => inTurn(() => look(subject))));
    }
  } catch (error) {
    const { type } = resource;
    const why = `could not list ${type} in ${region}: ${messageOf(error)}`;
    add({ ...failure({ accountId, region }, why), resourceType: type });
  }
  tell(stretch, 'done');
}

const failure = ({ accountId, region }: Home, error: string) =>
  resultWithoutResource({ eventId: null, eventName: 'Sweep' }, { outcome: 'failed', accountId, region, error });

/** Tells how far the sweep is: of how many stretches, where, and how many resources were seen. */
function teller(progress: Progress, all: number): Run['tell'] {
  let done = 0;
  let resources = 0;
  return ({ region, resource }, seen) => {
    if (seen === 'done') done += 1;
    else resources += 1;
    progress.show(done, all, `${region} ${resource.type}, ${resources} looked at`);
  };
}
