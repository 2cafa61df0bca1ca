import { messageOf } from './error-message.ts';
import { isDefiniteRefusal, missingPermission, type Refusal } from './refusals.ts';
import { isThrottled } from './throttling.ts';

const NOT_SUBSCRIBED: Refusal = {
  by: 'AWS: the account is not subscribed to the service there',
  remedy: 'subscribe to the service or opt in to the region, or set the mode of its controls to off',
};
const NOT_ENABLED: Refusal = {
  by: 'AWS: the region is not enabled in the account, or does not have the service',
  remedy: 'enable the region, or leave it out of regions in deployment.yml',
};

/** How AWS names what lies in the account and not in a policy: a subscription that is missing, credentials that are unknown in a region that is not enabled, a host that does not exist. */
const BY_NAME: Readonly<Record<string, Refusal>> = {
  InvalidAccessException: NOT_SUBSCRIBED,
  NotSubscribedException: NOT_SUBSCRIBED,
  OptInRequired: NOT_SUBSCRIBED,
  SubscriptionRequiredException: NOT_SUBSCRIBED,
  AuthFailure: NOT_ENABLED,
  InvalidClientTokenId: NOT_ENABLED,
  UnrecognizedClientException: NOT_ENABLED,
  ENOTFOUND: NOT_ENABLED,
};

/** Credentials that have expired are renewed. */
const EXPIRED = /^(Request)?Expired/;

/** Who refuses a listing where nobody is named as denying it: lasts where it is so some minutes later too. A listing has no input that could be wrong, so what AWS refuses, it refuses to us. Null for an error that may pass. */
export function listingRefusal(error: unknown, type: string): Refusal | null {
  if (!(error instanceof Error) || isThrottled(error) || EXPIRED.test(error.name)) return null;
  const missing = missingPermission(error, `the listing of ${type}`);
  if (missing !== null) return missing;
  const known = [error.name, (error as { readonly code?: unknown }).code].find(
    (name) => typeof name === 'string' && Object.hasOwn(BY_NAME, name),
  );
  if (known !== undefined) return BY_NAME[known as string] ?? null;
  if (!isDefiniteRefusal(error)) return null;
  return { by: `AWS: ${messageOf(error)}`, remedy: 'change what the error names' };
}
