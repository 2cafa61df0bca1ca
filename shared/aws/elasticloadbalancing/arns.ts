/** `…:listener/app/web/0a1b/2c3d` and `…:listener-rule/app/web/0a1b/2c3d/4e5f`: the path of the load balancer stands in both. */
const PART = /:listener(?:-rule)?\/((?:app|net|gwy)\/[^/]+\/[^/]+)\/.+$/;

/** The load balancer of a listener or of a rule; none for any other ARN. */
export const loadBalancerOf = (arn: string): readonly string[] =>
  PART.test(arn) ? [arn.replace(PART, ':loadbalancer/$1')] : [];

/** True for the ARN of an Application, Network or Gateway Load Balancer; a Classic Load Balancer's has no such path. */
export const isLoadBalancer = (arn: string): boolean => /:loadbalancer\/(app|net|gwy)\//.test(arn);

export const isListener = (arn: string): boolean => /:listener\/(app|net|gwy)\//.test(arn);
