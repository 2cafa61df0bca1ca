import scene from '../../../scenes/elbv2/elbv2-load-balancer-hardened.ts';
import control from '../../../shared/controls/elasticloadbalancing/elbv2-load-balancer-hardened.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0a1b2c3d4e5f6071';
const [DROP, DESYNC, PROTECTION, LOGS, BUCKET, PREFIX] = [
  'routing.http.drop_invalid_header_fields.enabled',
  'routing.http.desync_mitigation_mode',
  'deletion_protection.enabled',
  'access_logs.s3.enabled',
  'access_logs.s3.bucket',
  'access_logs.s3.prefix',
];
type Type = 'application' | 'network' | 'gateway';
const given = (change: Readonly<Record<string, string>>, type: Type = 'application') => ({
  loadBalancer: { type, scheme: 'internet-facing' as const },
  attributes: { [DROP]: 'true', [DESYNC]: 'defensive', [PROTECTION]: 'true', [LOGS]: 'false', ...change },
});
const bare = (type: Type) => ({ loadBalancer: { type, scheme: null }, attributes: {} });
const modified = (change: Readonly<Record<string, string>>) =>
  [
    'ModifyLoadBalancerAttributes',
    { LoadBalancerArn: ARN, Attributes: Object.entries(change).map(([Key, Value]) => ({ Key, Value })) },
  ] as const;
const accessLogsBucket = 'access-logs-of-ours';

// AWS: who may not write to the bucket, InvalidConfigurationRequest refuses the whole call: the logs have one of their
// own. moto leaves attributes out that nobody has set; they are AWS's defaults. It takes any bucket.
testControl(control, {
  resourceId: ARN,
  compliant: {
    hardened: given({}),
    'the strictest mode': given({ [DESYNC]: 'strictest' }),
    'logs in some bucket': { ...given({ [LOGS]: 'true', [BUCKET]: 'theirs' }), parameters: { accessLogsBucket } },
    'a Network Load Balancer, protected': {
      ...given({ [DROP]: 'false', [DESYNC]: 'monitor' }, 'network'),
      parameters: { accessLogsBucket },
    },
  },
  nonCompliant: {
    'as it is created': {
      given: bare('application'),
      plan: [modified({ [DROP]: 'true', [PROTECTION]: 'true' })],
      undo: [modified({ [DROP]: 'false', [PROTECTION]: 'false' })],
      elements: [[DROP, PROTECTION]],
      after: given({}),
      says: `The load balancer is not hardened: ${DROP} is false, ${PROTECTION} is false.`,
    },
    'desync is only monitored': {
      given: given({ [DESYNC]: 'monitor' }),
      plan: [modified({ [DESYNC]: 'defensive' })],
      undo: [modified({ [DESYNC]: 'monitor' })],
      after: given({}),
      other: { 'and deletion is allowed': given({ [DESYNC]: 'monitor', [PROTECTION]: 'false' }) },
    },
    'a Gateway Load Balancer that can be deleted': {
      given: bare('gateway'),
      plan: [modified({ [PROTECTION]: 'true' })],
      after: given({}, 'gateway'),
    },
    'no logs, where they have a bucket': {
      given: given({ [PROTECTION]: 'false' }),
      parameters: { accessLogsBucket, accessLogsPrefix: 'web' },
      plan: [
        modified({ [PROTECTION]: 'true' }),
        modified({ [LOGS]: 'true', [BUCKET]: accessLogsBucket, [PREFIX]: 'web' }),
      ],
      undo: [modified({ [PROTECTION]: 'false' }), modified({ [LOGS]: 'false', [BUCKET]: '', [PREFIX]: '' })],
      after: given({ [LOGS]: 'true', [BUCKET]: accessLogsBucket }),
    },
  },
});

testScene(control, scene);
