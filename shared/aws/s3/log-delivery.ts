import type { Grant } from '@aws-sdk/client-s3';
import { isAllow, matchesPattern, parsePolicy, statementsOf, stringsOf } from '../iam/policy-document.ts';

/** The service that writes access logs of buckets. */
export const ACCESS_LOGS = 'logging.s3.amazonaws.com';
/** The group by which it is let in where a bucket still has ACLs. */
const LOG_DELIVERY = /\/groups\/s3\/LogDelivery$/;

/** True where a bucket policy (its text; null where there is none) lets a service put objects. */
export const letsDeliver = (policy: string | null, service: string): boolean =>
  policy !== null &&
  statementsOf(parsePolicy(policy)).some((statement) => {
    const { Service } = (statement.Principal ?? {}) as { readonly Service?: unknown };
    const allowsPut = stringsOf(statement.Action).some((action) =>
      matchesPattern(action.toLowerCase(), 's3:putobject'),
    );
    return isAllow(statement) && allowsPut && stringsOf(Service).includes(service);
  });

/** True where an ACL lets access logs be written. */
export const grantsLogDelivery = (grants: readonly Grant[]): boolean =>
  grants.some(
    ({ Grantee, Permission }) =>
      LOG_DELIVERY.test(Grantee?.URI ?? '') && (Permission === 'WRITE' || Permission === 'FULL_CONTROL'),
  );
