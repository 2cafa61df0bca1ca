/** The names under which AWS says that it is asked too much, as the SDK has them. */
const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const TOO_MANY_REQUESTS = 429;

interface SdkError extends Error {
  readonly $retryable?: { readonly throttling?: boolean };
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** True where a read failed, by itself or by its cause, because AWS is asked too much. Of a write `LimitExceededException` may also be a quota, which lasts: see refusals.ts. */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, $retryable, $metadata, cause }: SdkError = error;
  return (
    THROTTLING.has(name) ||
    $retryable?.throttling === true ||
    $metadata?.httpStatusCode === TOO_MANY_REQUESTS ||
    isThrottled(cause)
  );
}
