import { messageOf } from './error-message.ts';

/** A refusal that lasts: the same call is refused the next time, until a person changes something. */
export interface Refusal {
  /** Who refuses, in words that follow "refused by". */
  readonly by: string;
  /** What a person can do. */
  readonly remedy: string;
}

/** How AWS words an explicit deny, and who then refuses. Source: IAM User Guide, "Troubleshoot access denied error messages". */
const DENIES: readonly (readonly [RegExp, string, string])[] = [
  [
    /explicit deny in a service control policy/i,
    'a service control policy of the organization',
    "allow the call in the organization's policy, or exempt the resource",
  ],
  [
    /explicit deny in a resource control policy/i,
    'a resource control policy of the organization',
    "allow the call in the organization's policy, or exempt the resource",
  ],
  [
    /explicit deny in a resource-based policy/i,
    'the policy of the resource itself',
    'change the policy by hand, with an identity that it lets in, or exempt the resource',
  ],
  [
    /explicit deny in a VPC endpoint policy/i,
    'the policy of a VPC endpoint',
    'allow the call in the policy of the endpoint',
  ],
  [
    /explicit deny in (a permissions boundary|an identity-based policy|a session policy)/i,
    "a policy of Evenkeel's own role",
    'take the deny away from the role or its boundary, and deploy again',
  ],
];

/** Refusals of a service that no second try changes, by `service:operation`; the name alone does not say it. */
const BY_CALL: Readonly<Record<string, Readonly<Record<string, Refusal>>>> = {
  's3:PutBucketPolicy': {
    MalformedPolicy: {
      by: 'S3, which does not accept the policy as it stands (a principal that was deleted, for example)',
      remedy: 'repair the policy by hand; what is wrong in it is in the error',
    },
  },
};

/** Who refuses a call for good; null for an error that may pass. */
export function lastingRefusal(
  error: unknown,
  { service, operation }: { service: string; operation: string },
): Refusal | null {
  if (!(error instanceof Error)) return null;
  const deny = DENIES.find(([pattern]) => pattern.test(messageOf(error)));
  if (deny !== undefined) return { by: deny[1], remedy: deny[2] };
  const known = BY_CALL[`${service}:${operation}`] ?? {};
  return Object.hasOwn(known, error.name) ? (known[error.name] ?? null) : null;
}

interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** True where the service said no: a status from 400 to 499. Anything else (a reset, a time-out, a 5xx, an answer cut off) leaves open whether the call took effect. */
export function isDefiniteRefusal(error: unknown): boolean {
  const status = (error as SdkError | null)?.$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500;
}

/** True where the SDK had sent the call before: an earlier try, whose answer was lost, may have taken effect. */
export const wasRetried = (error: unknown): boolean => ((error as SdkError | null)?.$metadata?.attempts ?? 1) > 1;
