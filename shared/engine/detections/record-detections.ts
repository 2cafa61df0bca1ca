import { consoleUrl } from '../../aws/console-url.ts';
import { type Mode, shortened } from '../../control.ts';
import type { Detection } from '../../detection.ts';
import { type ResourceState, resourceKey, type Session, type Shared } from '../../ledger/ledger.ts';
import type { QueuedNotice } from '../../ledger/outbox.ts';
import type { Finding } from '../../ledger/records.ts';
import { activeExemption, describeExemption, ofWholeFindings } from '../../policy/exemptions.ts';
import type { ExemptionRule } from '../../policy/policy.ts';
import type { ResourceRef } from '../../resource.ts';
import { type Result, resultWithoutResource } from '../../result.ts';
import type { Cause, Engine } from '../context.ts';
import { messageOf } from '../errors.ts';
import type { DetectedRecord } from '../intake/detect.ts';
import { announceOutage } from '../reconcile/announce-outage.ts';
import { lower } from '../run/modes.ts';
import { postpone, publishOutbox, queued } from '../run/notices.ts';
import { hasDetections, isCounted, reportOf, withoutFindings, withSighting, withTimePassed } from './sightings.ts';

/**
 * Records what detections found in an event, and notifies; one result for each that is not off. Never writes to the account, and never throws.
 *
 * A finding is what a detection calls the same (its fingerprint) on one resource. Its first event is notified at once; later ones are counted, redelivered ones are not. The count is notified after an hour, so that the same thing causes at most one message an hour. A finding ends when it was not seen for seven days (the next of its kind is then new), or when the resource is exempted. `reviewDetections` does what is due without an event.
 *
 * A forged event costs one notification.
 */
export async function recordDetections(
  records: readonly DetectedRecord[],
  cause: Cause,
  engine: Engine,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const record of records)
    if (modeOf(record, engine) !== 'off') results.push(await recordDetection(record, cause, engine));
  return results;
}

async function recordDetection(record: DetectedRecord, cause: Cause, engine: Engine): Promise<Result> {
  const { detected, detection, ref } = record;
  const found = resultOf(record, cause, detected.annotation);
  try {
    const session = await engine.ledger.load(keyOf(record));
    const { session: after, result, own } = await recordSighting(session, record, found, cause, engine);
    const [said = result] = await publish(after, { ref, detections: [detection] }, engine, own, [result]);
    return said;
  } catch (error) {
    await announceOutage(engine, error);
    return { ...found, outcome: 'failed', error: messageOf(error) };
  }
}

/** The ledger with the event recorded, and the notices of this run. An event that was counted before costs one read and no write. */
async function recordSighting(
  session: Session,
  record: DetectedRecord,
  found: Result,
  cause: Cause,
  engine: Engine,
): Promise<{ readonly session: Session; readonly result: Result; readonly own: readonly string[] }> {
  const { detection, detected } = record;
  const eventId = record.eventId ?? cause.eventId;
  const now = engine.clock.now();
  if (isCounted(session.state, detection, detected, eventId, now)) return { session, result: found, own: [] };
  const [after, answer] = await engine.ledger.update(await engine.ledger.loadShared(session), (state, shared) => {
    const exemption = exemptionFor(record, shared, engine);
    if (exemption !== null) {
      const annotation = shortened(`${describeExemption(exemption)} ${detected.annotation}`);
      const result: Result = { ...found, outcome: 'exempted', annotation };
      const next = withoutFindings(state, detection);
      if (next === state) return { answer: { result, own: [] } };
      const notices = quietly(result, firstSeenOf(state, detection.id), cause, engine);
      const outbox = [...next.outbox, ...notices];
      return { next: { ...next, outbox }, answer: { result, own: notices.map(({ id }) => id) } };
    }
    const { state: next, news, finding } = withSighting(state, detection, detected, eventId, now);
    const said = news === 'report' ? { ...found, annotation: reportOf(finding) } : found;
    const owed = owedBy(engine, finding.firstSeen);
    const notices = news === 'known' ? [] : [{ ...queued(said, cause, now, NOTHING_MADE), ...owed }];
    return {
      next: { ...next, arn: arnOf(record), outbox: [...next.outbox, ...notices] },
      answer: { result: said, own: notices.map(({ id }) => id) },
    };
  });
  return { session: after, ...answer };
}

/** Does for one resource what is due without an event: reports the number of repeats, ends findings that were not seen for seven days or are exempted by now, and publishes what a dead run left. `ref` is where its findings are recorded. Never throws. */
export async function reviewDetections(
  ref: ResourceRef,
  detections: readonly Detection[],
  cause: Cause,
  engine: Engine,
): Promise<readonly Result[]> {
  const concerned = detections.filter(({ resourceType }) => resourceType === ref.resourceType);
  const results: Result[] = [];
  for (const [service, some] of Map.groupBy(concerned, (detection) => detection.service.id)) {
    try {
      results.push(...(await review(resourceKey(service, ref), ref, some, cause, engine)));
    } catch (error) {
      await announceOutage(engine, error);
      results.push(resultWithoutResource(cause, { ...ref, outcome: 'failed', error: messageOf(error) }));
    }
  }
  return results;
}

async function review(
  key: string,
  ref: ResourceRef,
  detections: readonly Detection[],
  cause: Cause,
  engine: Engine,
): Promise<readonly Result[]> {
  const now = engine.clock.now();
  const loaded = await engine.ledger.load(key);
  if (!hasDetections(loaded.state) && loaded.state.outbox.length === 0) return [];
  const [session, notices] = await engine.ledger.update(await engine.ledger.loadShared(loaded), (state, shared) => {
    const isExempt = (detection: Detection) => exemptionFor({ detection, ref }, shared, engine) !== null;
    const exempt = detections.filter(isExempt);
    const { state: next, reports } = withTimePassed(exempt.reduce(withoutFindings, state), now);
    const reported = reports.map((finding) => ({
      ...queued(reportResult(finding, ref, cause), cause, now, NOTHING_MADE),
      ...owedBy(engine, finding.firstSeen),
    }));
    const over = Object.values(state.findings).filter(({ controlId }) => !hasFindingOf(next, controlId));
    const ended = [...new Map(over.map((finding) => [finding.controlId, finding])).values()].flatMap((finding) => {
      const outcome = exempt.some(({ id }) => id === finding.controlId) ? 'exempted' : 'compliant';
      const result = { ...reportResult(finding, ref, cause), outcome, annotation: finding.annotation } as const;
      return quietly(result, finding.firstSeen, cause, engine);
    });
    const notices = [...reported, ...ended];
    if (next === state) return { answer: notices };
    return { next: { ...next, outbox: [...next.outbox, ...notices] }, answer: notices };
  });
  const results = notices.filter(({ quiet }) => quiet !== true).map(({ notice }) => notice.result);
  return publish(
    session,
    { ref, detections },
    engine,
    notices.map(({ id }) => id),
    results,
  );
}

/** What those who follow each outcome are sent beside; nothing where nobody does. */
const owedBy = ({ sendOutcomes, clock }: Engine, firstSeen: string): Pick<QueuedNotice, 'outcome'> =>
  sendOutcomes === undefined ? {} : { outcome: { time: clock.now().getTime(), firstSeen } };

/** The end of findings that people are not notified of; none where nobody follows each outcome. */
function quietly(result: Result, firstSeen: string, cause: Cause, engine: Engine): readonly QueuedNotice[] {
  const owed = owedBy(engine, firstSeen);
  if (owed.outcome === undefined) return [];
  return [{ ...queued(result, cause, engine.clock.now(), NOTHING_MADE), ...owed, quiet: true }];
}

const hasFindingOf = ({ findings }: ResourceState, controlId: string): boolean =>
  Object.values(findings).some((finding) => finding.controlId === controlId);

/** Since when the first of a detection's findings has been known. */
const firstSeenOf = ({ findings }: ResourceState, controlId: string): string =>
  Object.values(findings)
    .filter((finding) => finding.controlId === controlId)
    .map(({ firstSeen }) => firstSeen)
    .sort()[0] ?? '';

const reportResult = (finding: Finding, ref: ResourceRef, cause: Cause): Result =>
  resultWithoutResource(cause, {
    controlId: finding.controlId,
    severity: finding.severity,
    ...ref,
    outcome: 'detected',
    mode: 'detect',
    annotation: reportOf(finding),
  });

/** Publishes what this run has queued and what dead runs left. What could not be published stays in the outbox, for the retry of the event. */
async function publish(
  session: Session,
  { ref, detections }: { readonly ref: ResourceRef; readonly detections: readonly Detection[] },
  engine: Engine,
  own: readonly string[],
  results: readonly Result[],
): Promise<readonly Result[]> {
  const resource = {
    consoleUrl: ({ region }: ResourceRef) => consoleUrl(region, 'cloudtrailv2/home#/events'),
    arn: () => session.state.arn || ref.resourceId,
  };
  try {
    await publishOutbox(session, { resource, ref, controls: detections }, engine, own);
    return results;
  } catch (error) {
    await postpone(session, engine, own);
    const why = `not notified: ${messageOf(error)}`;
    return results.map((result) => ({ ...result, outcome: 'failed', error: `${result.outcome}, but ${why}` }));
  }
}

const NOTHING_MADE = { reversible: false } as const;

const keyOf = ({ detection, ref }: Pick<DetectedRecord, 'detection' | 'ref'>): string =>
  resourceKey(detection.service.id, ref);

const arnOf = ({ detection, ref }: Pick<DetectedRecord, 'detection' | 'ref'>): string =>
  detection.arn?.(ref) ?? ref.resourceId;

/** A detection never writes, so its highest mode is `detect`. */
const modeOf = ({ detection, ref }: DetectedRecord, { policy, ceiling }: Engine): Mode => {
  const place = { ref, arn: arnOf({ detection, ref }), tags: null };
  return lower(lower(policy.settingsFor(detection, place).mode, ceiling), 'detect');
};

const exemptionFor = (
  record: Pick<DetectedRecord, 'detection' | 'ref'>,
  shared: Shared | null,
  engine: Engine,
): ExemptionRule | null => {
  if (shared === null) throw new TypeError('what holds for everybody was not read');
  const { resourceId } = record.ref;
  const target = { controlId: record.detection.id, arn: arnOf(record), resourceId };
  return activeExemption(
    [...engine.policy.exemptions, ...ofWholeFindings(shared.exemptions)],
    target,
    engine.clock.now(),
  );
};

const resultOf = ({ detection, ref }: DetectedRecord, cause: Cause, annotation: string): Result =>
  resultWithoutResource(cause, {
    controlId: detection.id,
    severity: detection.severity,
    ...ref,
    outcome: 'detected',
    mode: 'detect',
    annotation: shortened(annotation),
  });
