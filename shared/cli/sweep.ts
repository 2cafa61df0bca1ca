import { Command } from 'commander';
import type { AnyResource } from '../control.ts';
import type { Cause, Subject } from '../engine/engine.ts';
import { messageOf } from '../engine/errors.ts';
import { bareResult } from '../engine/outcome.ts';
import { reconcile } from '../engine/reconcile.ts';
import { byResource } from '../engine/route.ts';
import { chosenControls, type LookOptions, withLookOptions } from './options.ts';
import { progressOn } from './progress.ts';
import { reportTo } from './report.ts';
import { engineFor, home } from './world.ts';

export const sweepCommand = () =>
  withLookOptions(new Command('sweep'))
    .description('Look at every resource of the enabled controls in the region; write only with --mode remediate.')
    .action(sweep);

async function sweep(options: LookOptions): Promise<void> {
  const engine = engineFor(options);
  const here = await home(engine.aws);
  const report = reportTo(options.json === true, options.exitCode === true);
  const progress = progressOn(process.stderr);
  const cause: Cause = {
    eventId: null,
    eventName: 'Sweep',
    eventTime: null,
    receivedAt: engine.clock.now().toISOString(),
    attribution: null,
  };
  const aws = engine.aws(here.region);
  for (const [resource, controls] of byResource(chosenControls(options.control))) {
    try {
      for await (const { resourceId, region = here.region, facets = {} } of resource.list(aws, here)) {
        progress.show(`${resource.type} ${resourceId}`);
        const ref = { resourceType: resource.type, resourceId, accountId: here.accountId, region };
        const subject: Subject = { resource, ref, controls, known: facets };
        const results = await reconcile(subject, cause, engine);
        progress.clear();
        for (const result of results) report.add(result);
      }
    } catch (error) {
      progress.clear();
      report.add(unlisted(resource, here, error));
    }
  }
  process.exitCode = report.finish();
}

/** A type that could not be listed fails, and the others go on. */
const unlisted = (
  { type }: AnyResource,
  { accountId, region }: { accountId: string; region: string },
  error: unknown,
) =>
  bareResult(
    { eventId: null, eventName: 'Sweep' },
    { outcome: 'failed', resourceType: type, accountId, region, error: `could not list ${type}: ${messageOf(error)}` },
  );
