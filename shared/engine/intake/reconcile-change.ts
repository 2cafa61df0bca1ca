import { explicitDenial } from '../../aws/refusals.ts';
import { isRegionName, unknownRegion } from '../../aws/region-names.ts';
import type { ResourceRef } from '../../resource.ts';
import { type Result, resultWithoutResource } from '../../result.ts';
import type { Cause, Engine } from '../context.ts';
import { recordDetections, reviewDetections } from '../detections/record-detections.ts';
import { LookUpFailedError, messageOf } from '../errors.ts';
import { reconcile } from '../reconcile/reconciler.ts';
import { lookUpText, noteDeniedLookUp } from './denied-look-ups.ts';
import { foreignOwnerOf, otherAccountOf } from './ownership.ts';
import { type Change, changesIn } from './parse-event.ts';
import { type RouteContext, route } from './route.ts';

/** What a change is routed with, and whether a person runs it. `fallback.accountId` is the caller's own account: what concerns another is not looked at. */
export type ChangeContext = Omit<RouteContext, 'aws'> & Pick<Cause, 'byPerson' | 'delivery'>;

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
  { byPerson = false, delivery, ...context }: ChangeContext,
): Promise<readonly Result[]> {
  const cause: Cause = {
    eventId: change.eventId,
    eventName: change.eventName,
    eventTime: change.eventTime,
    receivedAt: engine.clock.now().toISOString(),
    attribution: change.attribution,
    byPerson,
    ...(delivery === undefined ? {} : { delivery }),
  };
  const own = context.fallback.accountId;
  const other = otherAccountOf(change, own);
  if (other !== null) return [ofAnotherAccount(change, other, own)];
  const found = await route(change, { ...context, aws: engine.aws });
  const { unreadable, reason } = found;
  const isOwn = ({ ref }: { readonly ref: ResourceRef }) => foreignOwnerOf(ref, own) === null;
  const [subjects, detected] = [found.subjects.filter(isOwn), found.detected.filter(isOwn)];
  const foreign = [...found.subjects, ...found.detected].find((one) => !isOwn(one))?.ref;
  const results: Result[] = await Promise.all(unreadable.map((error) => unidentified(change, error, engine)));
  results.push(...(await recordDetections(detected, cause, engine)));
  if (change.kind === 'recheck')
    results.push(...(await reviewDetections(change.resource, context.detections ?? [], cause, engine)));
  for (const subject of subjects) {
    const { region } = subject.ref;
    if (isRegionName(region)) results.push(...(await reconcile(subject, cause, engine)));
    else results.push(ofNoRegion(change, subject.ref));
  }
  if (results.length > 0) return results;
  if (foreign !== undefined) {
    const { resourceType, resourceId } = foreign;
    return [{ ...ofAnotherAccount(change, foreignOwnerOf(foreign, own) ?? '', own), resourceType, resourceId }];
  }
  return [
    resultWithoutResource(change, {
      outcome: 'notApplicable',
      annotation: subjects.length + detected.length > 0 ? 'Every control is off.' : reason,
    }),
  ];
}

/** What an event is about could not be looked up. Where a policy denies the look-up for good, no retry would change it: the daily sweep finds the drift, and doctor names what is denied. */
async function unidentified(change: Change, error: Error, engine: Engine): Promise<Result> {
  const failed = resultWithoutResource(change, { outcome: 'failed', error: messageOf(error) });
  if (!(error instanceof LookUpFailedError)) return failed;
  const refusal = explicitDenial(error);
  if (refusal === null) return failed;
  const { resourceType, scope } = error;
  await noteDeniedLookUp(engine, scope, resourceType, refusal);
  return resultWithoutResource(change, {
    outcome: 'blocked',
    resourceType,
    accountId: scope.accountId,
    region: scope.region,
    annotation: `${lookUpText(resourceType, scope.region, refusal)}. To change that: ${refusal.remedy}.`,
  });
}

/** There is no such place to look at; AWS would only not answer. */
const ofNoRegion = (change: Change, { resourceType, resourceId, accountId, region }: ResourceRef): Result =>
  resultWithoutResource(change, {
    outcome: 'failed',
    resourceType,
    resourceId,
    accountId,
    region,
    error: `${JSON.stringify(region)}: ${unknownRegion(region)}`,
  });

/** Nothing of another account is read, changed or recorded. */
const ofAnotherAccount = (change: Change, accountId: string, own: string): Result =>
  resultWithoutResource(change, {
    outcome: 'notApplicable',
    accountId,
    annotation: `It belongs to account ${accountId}; this is account ${own}.`,
  });
