import {
  type Action,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { loadBalancer } from '../../resources/elasticloadbalancing/load-balancer.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = {
  'elasticloadbalancing:ModifyListener':
    'arn:${AWS::Partition}:elasticloadbalancing:*:${AWS::AccountId}:listener/app/*/*/*',
};

interface WebListener {
  readonly listenerArn: string;
  readonly protocol: string | null;
  readonly port: number | null;
  readonly defaultActions: readonly Action[];
  readonly rules: readonly { readonly priority: string; readonly actions: readonly Action[] }[];
}

const isRedirected = ({ defaultActions }: WebListener): boolean => {
  const [action, ...others] = defaultActions;
  const { Protocol, StatusCode = '' } = action?.RedirectConfig ?? {};
  return others.length === 0 && Protocol === 'HTTPS' && ['HTTP_301', 'HTTP_302'].includes(StatusCode);
};

const forwardingRules = ({ rules }: WebListener) =>
  rules.filter(({ actions }) => actions.some(({ Type }) => Type === 'forward'));

const targetsOf = (actions: readonly Action[]): readonly string[] =>
  actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((group) => group.TargetGroupArn ?? []),
  ]);

/** True where everything that the HTTP listener serves is served over HTTPS too. */
const isServedBy = (https: WebListener, { defaultActions }: WebListener): boolean => {
  const served = new Set([
    ...targetsOf(https.defaultActions),
    ...https.rules.flatMap(({ actions }) => targetsOf(actions)),
  ]);
  return targetsOf(defaultActions).every((target) => served.has(target));
};

const over = (listeners: readonly WebListener[], wanted: string) =>
  listeners.filter(({ protocol }) => protocol === wanted);
const redirectTo = (port: number | null): Action[] => [
  { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: `${port ?? 443}`, StatusCode: 'HTTP_301' } },
];

export default defineControl({
  id: 'elbv2-http-redirected-to-https',
  title: 'HTTP listeners of Application Load Balancers must redirect to HTTPS',
  severity: 'MEDIUM',
  resource: loadBalancer,
  needs: ['loadBalancer', 'listeners'],
  securityControlIds: ['ELB.1'],
  relatedRequirements: ['AWS FSBP ELB.1'],
  description:
    'The default action of every HTTP listener of an Application Load Balancer must be a redirect to HTTPS (301 or 302), and no other rule of it may forward requests. The default action is changed where an HTTPS listener serves every target group that the HTTP one forwards to; else, and where a rule forwards, a person decides, and the site stays reachable. A CloudFront distribution in front of it has to connect to its origin over HTTPS.',
  rationale: 'Requests over HTTP can be read and altered in transit, passwords and cookies included.',
  guidance:
    'Add an HTTPS listener with a certificate for every name of the site, then redirect the HTTP listener to it and remove rules that forward.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(ElasticLoadBalancingV2Client, ModifyListenerCommand, () => ({}), ['ListenerArn', 'DefaultActions']),
  ],
  parameters: {},
  evaluate({ loadBalancer: { type }, listeners }) {
    if (type !== 'application') return notApplicable(`A load balancer of the type ${type} has no HTTP listener.`);
    const http = over(listeners, 'HTTP');
    const open = http.filter((one) => !isRedirected(one)).map(({ port }) => `port ${port}`);
    const forwarding = http.flatMap((one) =>
      forwardingRules(one).map(({ priority }) => `rule ${priority} of port ${one.port}`),
    );
    const wrong = [...open, ...forwarding];
    if (wrong.length === 0) return compliant('HTTP is redirected to HTTPS.');
    return nonCompliant(`HTTP is not redirected to HTTPS: ${wrong.join(', ')}.`, wrong);
  },
  plan({ listeners }) {
    const http = over(listeners, 'HTTP');
    const https = over(listeners, 'HTTPS').toSorted((a, b) => Number(b.port === 443) - Number(a.port === 443))[0];
    if (https === undefined) return byHand('There is no HTTPS listener to redirect to: the site would be unreachable.');
    if (http.some((one) => forwardingRules(one).length > 0))
      return byHand('A person has to decide whether a rule may forward.');
    const open = http.filter((one) => !isRedirected(one));
    if (!open.every((one) => isServedBy(https, one)))
      return byHand(
        `The HTTPS listener on port ${https.port} does not serve all target groups that are served over HTTP.`,
      );
    return open.map(({ listenerArn, defaultActions }) =>
      set(
        ElasticLoadBalancingV2Client,
        ModifyListenerCommand,
        { ListenerArn: listenerArn },
        { DefaultActions: defaultActions },
        { DefaultActions: redirectTo(https.port) },
        { permissions, elements: [`default action ${listenerArn}`] },
      ),
    );
  },
});
