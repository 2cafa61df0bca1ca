import { type Result, resultWithoutResource } from '../../result.ts';
import type { Cause, Engine } from '../context.ts';
import { recordDetections, reviewDetections } from '../detections/record-detections.ts';
import { messageOf } from '../errors.ts';
import { reconcile } from '../reconcile/reconciler.ts';
import { type Change, changesIn } from './parse-event.ts';
import { type RouteContext, route } from './route.ts';

/** What a change is routed with, and whether a person runs it. */
export type ChangeContext = Omit<RouteContext, 'aws'> & Pick<Cause, 'byPerson'>;

/** The results of one input of any accepted shape, change by change. */
export async function* receive(
  input: unknown,
  engine: Engine,
  context: ChangeContext,
): AsyncGenerator<readonly Result[]> {
  for (const change of changesIn(input)) yield await reconcileChange(change, engine, context);
}

/** Routes one change, records what detections find in it, and reconciles every resource that it concerns. Never throws. */
export async function reconcileChange(
  change: Change,
  engine: Engine,
  { byPerson = false, ...context }: ChangeContext,
): Promise<readonly Result[]> {
  const cause: Cause = {
    eventId: change.eventId,
    eventName: change.eventName,
    eventTime: change.eventTime,
    receivedAt: engine.clock.now().toISOString(),
    attribution: change.attribution,
    byPerson,
  };
  const { subjects, detected, unreadable, reason } = await route(change, { ...context, aws: engine.aws });
  const results: Result[] = unreadable.map((error) =>
    resultWithoutResource(change, { outcome: 'failed', error: messageOf(error) }),
  );
  results.push(...(await recordDetections(detected, cause, engine)));
  if (change.kind === 'recheck')
    results.push(...(await reviewDetections(change.resource, context.detections ?? [], cause, engine)));
  for (const subject of subjects) results.push(...(await reconcile(subject, cause, engine)));
  if (results.length > 0) return results;
  return [
    resultWithoutResource(change, {
      outcome: 'notApplicable',
      annotation: subjects.length + detected.length > 0 ? 'Every control is off.' : reason,
    }),
  ];
}
