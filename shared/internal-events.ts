import type { ResourceRef } from './resource.ts';

/** `source` of the messages that Evenkeel sends to itself. */
export const INTERNAL_SOURCE = 'evenkeel';
/** `detail-type` of a recheck: evaluate one resource again. */
export const RECHECK_DETAIL_TYPE = 'Evenkeel Recheck';
/** `detail-type` of the slices that a sweep is made of. */
export const SWEEP_DETAIL_TYPE = 'Evenkeel Sweep';
/** `detail-type` of what the schedules ask of the watch. */
export const WATCH_DETAIL_TYPE = 'Evenkeel Watch';

/** `detail-type` of what a person has decided elsewhere: names the item of the ledger's table that says what. */
export const DECISION_DETAIL_TYPE = 'Evenkeel Decision';

/** A message of our own, before it is sent to the queue of the domain that serves `service`; it names a resource or a slice and nothing else, so that a forged one costs a read. */
export interface InternalMessage {
  readonly service: string;
  readonly detailType: string;
  readonly detail: object;
  /** Milliseconds since 1970 before which it is not to be handled. */
  readonly notBefore?: number;
}

/** Asks for a resource to be evaluated again, now or at a time (milliseconds since 1970). */
export const recheck = (service: string, ref: ResourceRef, notBefore?: number): InternalMessage => ({
  service,
  detailType: RECHECK_DETAIL_TYPE,
  detail: { service, ...ref },
  ...(notBefore === undefined ? {} : { notBefore }),
});
