import { isAccessDenied } from './access-denied.ts';
import { messageOf } from './error-message.ts';
import { LASTING_ERRORS, type Refusal } from './lasting-errors.ts';

export type { Refusal } from './lasting-errors.ts';

/** How AWS words a refusal that lasts, and who then refuses. Sources: IAM User Guide, "Troubleshoot access denied error messages"; S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors". */
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
    'change the policy by hand, with an identity that it allows, or exempt the resource',
  ],
  [
    /explicit deny in a VPC endpoint policy/i,
    'the policy of a VPC endpoint',
    'allow the call in the policy of the endpoint',
  ],
  [
    /explicit deny in (a permissions boundary|an identity-based policy|a session policy)/i,
    "a policy of Evenkeel's own role",
    'remove the deny from the role or its boundary, and deploy again',
  ],
  [
    /prevented by the \w+ setting in S3 Block Public Access|blocked by the \w+ block public access setting/i,
    'S3 Block Public Access, which accepts no public policy',
    'remove public access from the policy by hand; the rest can then be remediated',
  ],
  [
    /declarative policy|managed by (an )?organization-level|S3 polic(y|ies) of the organization/i,
    'a declarative policy of the organization',
    "change it in the organization's policy, or exempt the resource",
  ],
];

/** Who refuses for good, by AWS's own words, whatever was called: reads too. Null for any other error. */
export function explicitDenial(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  const deny = DENIES.find(([pattern]) => pattern.test(messageOf(error)));
  return deny === undefined ? null : { by: deny[1], remedy: deny[2] };
}

/** Who refuses a call for good; null for an error that may pass. */
export function lastingRefusal(
  error: unknown,
  { service, operation }: { service: string; operation: string },
): Refusal | null {
  if (!(error instanceof Error)) return null;
  const known = LASTING_ERRORS[`${service}:${operation}`] ?? {};
  return explicitDenial(error) ?? (Object.hasOwn(known, error.name) ? (known[error.name] ?? null) : null);
}

/** Access that was denied, and nobody says explicitly by whom: a permission of our own role is missing, as far as can be told. Lasts only where it is so some minutes later too, since IAM takes time to spread. `call` names what was called where AWS does not. Null for any other error. */
export function missingPermission(error: unknown, call: string): Refusal | null {
  if (!isAccessDenied(error)) return null;
  const text = messageOf(error);
  const said = /not authorized to perform:? ([\w-]+:\w+)/.exec(text) ?? /allows the ([\w-]+:\w+) action/.exec(text);
  return {
    by: `AWS: Evenkeel's own role has no permission for ${said?.[1] ?? call}`,
    remedy:
      'deploy again, so that the role has what this version needs; if it has, the policy of the resource, or the organization, refuses',
  };
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
