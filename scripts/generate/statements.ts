import type { AnyControl, AnyResource } from '../../shared/control.ts';
import { byResource } from '../../shared/engine/route.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';

/** One statement of a role's policy, as it stands in the CloudFormation template. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

/** What every function needs for itself: its log, the ledger, the topic and the dead-letter queue. */
export const OWN: readonly Statement[] = [
  {
    Sid: 'Log',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: sub(
      'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/${self:service}-${sls:stage}-*',
    ),
  },
  {
    Sid: 'Ledger',
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
  },
  { Sid: 'Tell', Effect: 'Allow', Action: ['sns:Publish'], Resource: { Ref: 'NoticeTopic' } },
  {
    Sid: 'KeepFailedEvents',
    Effect: 'Allow',
    Action: ['sqs:SendMessage'],
    Resource: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] },
  },
];

/** Reads of the facets that enabled controls need, and writes of the controls that act, each on the resources it names. */
export function statements(
  enabled: readonly AnyControl[],
  acting: readonly AnyControl[],
  policy: PolicyDocument,
): readonly Statement[] {
  const asks = [...byResource(enabled)].flatMap(([resource, controls]) => readsOf(resource, controls));
  const owners = [...byResource(writing(enabled, policy))].flatMap(([resource]) => resource.ownership?.actions ?? []);
  const reads = new Set([...asks, ...owners]);
  const writes = new Map<string, Set<string>>();
  for (const { permissions } of acting) {
    for (const [action, on] of Object.entries(permissions as Record<string, string | readonly string[]>))
      for (const arn of [on].flat()) writes.set(action, (writes.get(action) ?? new Set()).add(arn));
  }
  const byTarget = Map.groupBy(writes, ([, arns]) => [...arns].sort().join('\n'));
  return [
    ...(reads.size === 0 ? [] : [{ Sid: 'Read', Effect: 'Allow' as const, Action: [...reads].sort(), Resource: '*' }]),
    ...[...byTarget].map(([arns, actions], index) => ({
      Sid: `Remediate${index + 1}`,
      Effect: 'Allow' as const,
      Action: actions.map(([action]) => action).sort(),
      Resource: arns.split('\n').map((arn) => (arn === '*' ? arn : sub(arn))),
    })),
  ];
}

/** Controls that may write somewhere: before they do, they ask whose the resource is. */
const writing = (controls: readonly AnyControl[], policy: PolicyDocument) =>
  controls.filter((control) => ['approve', 'remediate'].includes(policyFrom(policy).reachAnywhere(control)));

function readsOf(resource: AnyResource, controls: readonly AnyControl[]): readonly string[] {
  const facets = new Set<string>(controls.flatMap(({ needs }) => needs as string[]));
  return [...resource.actions, ...[...facets].flatMap((name) => resource.facets[name].actions)];
}

export function sub(text: string): object {
  return text.includes('${') ? { 'Fn::Sub': text } : (text as unknown as object);
}

export const roleOf = (statements: readonly Statement[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'evenkeel', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
