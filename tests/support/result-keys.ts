/** The keys of a result as a line of `--json` has them, in order of the alphabet. */
export const RESULT_KEYS = [
  'accountId',
  'after',
  'annotation',
  'before',
  'controlId',
  'error',
  'eventId',
  'eventName',
  'mode',
  'outcome',
  'region',
  'remediationId',
  'resourceId',
  'resourceType',
  'severity',
  'steps',
];
