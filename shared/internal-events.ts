/** `source` of the events that Evenkeel sends to itself. */
export const RECHECK_SOURCE = 'evenkeel';
/** `detail-type` of a recheck: look at one resource again. */
export const RECHECK_DETAIL_TYPE = 'Evenkeel Recheck';
/** `detail-type` of the events that a sweep is made of. */
export const SWEEP_DETAIL_TYPE = 'Evenkeel Sweep';
/** `detail-type` of what the schedules ask of the watch. */
export const WATCH_DETAIL_TYPE = 'Evenkeel Watch';

/** An event of our own, before it is sent: it comes in again through the front door, so that retries, queues and limits are EventBridge's and Lambda's. */
export interface OwnEvent {
  readonly detailType: string;
  readonly detail: object;
}
