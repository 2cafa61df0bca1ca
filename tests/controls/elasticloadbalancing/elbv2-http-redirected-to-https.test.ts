import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import scene, { more } from '../../../scenes/elbv2/elbv2-http-redirected-to-https.ts';
import control from '../../../shared/controls/elasticloadbalancing/elbv2-http-redirected-to-https.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0a1b2c3d4e5f6071';
const listenerArn = (port: number) => `${ARN.replace('loadbalancer', 'listener')}/${port}`;
const forward = (...groups: string[]): Action[] => [
  groups.length === 1
    ? { Type: 'forward', TargetGroupArn: groups[0] }
    : {
        Type: 'forward',
        ForwardConfig: { TargetGroups: groups.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })) },
      },
];
const redirect = (Port = '443', change: object = {}): Action[] => [
  { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port, StatusCode: 'HTTP_301', ...change } },
];
const NOTHING: Action[] = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }];
const web = (protocol: 'HTTP' | 'HTTPS', port: number, defaultActions: Action[], ...rules: Action[][]) => ({
  listenerArn: listenerArn(port),
  protocol,
  port,
  defaultActions,
  rules: rules.map((actions, index) => ({ priority: `${index + 1}`, actions })),
});
const given = (...listeners: ReturnType<typeof web>[]) => ({
  loadBalancer: { type: 'application' as const, scheme: 'internet-facing' as const },
  listeners,
});
const https = web('HTTPS', 443, forward('web'));
const modified = (port: number, DefaultActions: Action[]) =>
  ['ModifyListener', { ListenerArn: listenerArn(port), DefaultActions }] as const;

// AWS: the members that a call leaves out stay as they are (API reference of ModifyListener); the path and the query of
// a redirect are those of the request unless it says otherwise.
testControl(control, {
  resourceId: ARN,
  compliant: {
    'HTTPS alone': given(https),
    redirected: given(web('HTTP', 80, redirect()), https),
    'redirected for a time': given(web('HTTP', 80, redirect('443', { StatusCode: 'HTTP_302' })), https),
    'a rule that redirects too': given(
      web('HTTP', 80, redirect(), redirect('443', { Host: 'www.example.com' })),
      https,
    ),
  },
  notApplicable: {
    'a Network Load Balancer': {
      loadBalancer: { type: 'network', scheme: 'internal' },
      listeners: [],
    },
  },
  nonCompliant: {
    'HTTP forwards what HTTPS serves': {
      given: given(web('HTTP', 80, forward('web')), https),
      plan: [modified(80, redirect())],
      undo: [modified(80, forward('web'))],
      after: given(web('HTTP', 80, redirect()), https),
      says: 'HTTP is not redirected to HTTPS: port 80.',
      same: { 'to another target group': { listeners: [web('HTTP', 80, forward('new')), https] } },
      other: {
        'on another port too': { listeners: [web('HTTP', 80, forward('web')), web('HTTP', 8080, NOTHING), https] },
      },
    },
    'to several target groups, one of which a rule of HTTPS serves': {
      given: given(web('HTTP', 80, forward('web', 'api')), web('HTTPS', 443, forward('web'), forward('api'))),
      plan: [modified(80, redirect())],
      after: given(web('HTTP', 80, redirect()), https),
    },
    'to HTTPS on another port': {
      given: given(web('HTTP', 80, forward('web')), web('HTTPS', 8443, forward('web'))),
      plan: [modified(80, redirect('8443'))],
      after: given(web('HTTP', 80, redirect('8443')), https),
    },
    'HTTP answers by itself': {
      given: given(web('HTTP', 80, NOTHING), https),
      plan: [modified(80, redirect())],
      after: given(web('HTTP', 80, redirect()), https),
    },
    'a redirect to HTTP': {
      given: given(web('HTTP', 80, redirect('80', { Protocol: 'HTTP' })), https),
      plan: [modified(80, redirect())],
      after: given(web('HTTP', 80, redirect()), https),
    },
    'no HTTPS listener': {
      given: given(web('HTTP', 80, forward('web'))),
      plan: [],
      byHand: 'There is no HTTPS listener to redirect to: the site would be unreachable.',
    },
    'HTTPS serves something else': {
      given: given(web('HTTP', 80, forward('admin')), https),
      plan: [],
      byHand: 'The HTTPS listener on port 443 does not serve all target groups that are served over HTTP.',
    },
    'a rule that forwards': {
      given: given(web('HTTP', 80, redirect(), forward('acme')), https),
      plan: [],
      byHand: 'A person has to decide whether a rule may forward.',
      says: 'HTTP is not redirected to HTTPS: rule 1 of port 80.',
    },
  },
});

for (const one of [scene, ...more]) testScene(control, one);
