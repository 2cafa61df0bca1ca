import { matchesPattern, parsePolicy, statementsOf, stringsOf } from '../iam/policy-document.ts';

const SERVICE = 'logdelivery.elasticloadbalancing.amazonaws.com';

/** An account as a principal: in older regions load balancers write from an account that AWS has in each of them. */
const ACCOUNT = /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/;

/** True where the bucket policy (its text; null where there is none) lets load balancers put their access logs. Source: "Access logs for your Application Load Balancer". Where a partner's account may write below `AWSLogs/`, it is taken for one of these. */
export const takesLoadBalancerLogs = (policy: string | null): boolean =>
  policy !== null &&
  statementsOf(parsePolicy(policy)).some(({ Effect, Principal, Action, Resource }) => {
    if (Effect !== 'Allow' || !stringsOf(Action).some(allowsPut)) return false;
    const { AWS, Service } = (Principal ?? {}) as { readonly AWS?: unknown; readonly Service?: unknown };
    const isForLogs = stringsOf(Resource).some((arn) => arn.includes('/AWSLogs/'));
    return stringsOf(Service).includes(SERVICE) || (isForLogs && stringsOf(AWS).some((id) => ACCOUNT.test(id)));
  });

const allowsPut = (action: string) => matchesPattern(action.toLowerCase(), 's3:putobject');
