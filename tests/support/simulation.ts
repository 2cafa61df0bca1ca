import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Role } from '../../scripts/generate/roles.ts';
import { logicalId } from '../../scripts/generate/statements.ts';
import { matchesPattern } from '../../shared/aws/iam/policy-document.ts';
import type { IamRequest } from './iam-requests.ts';

/** A statement as IAM gets it. */
export interface PlainStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Where the stack stands, as CloudFormation would know it. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  /** `evenkeel-prod`. */
  readonly prefix: string;
}

/** The ARNs of the resources that roles refer to, by logical id; of the log group, its name. */
export function arnsOf(
  { accountId, region, prefix }: Place,
  functions: readonly string[],
): ReadonlyMap<string, string> {
  const queue = (name: string) => `arn:aws:sqs:${region}:${accountId}:${prefix}-${name}`;
  return new Map([
    ['LedgerTable', `arn:aws:dynamodb:${region}:${accountId}:table/${prefix}-ledger`],
    ['AnchorLogGroup', `${prefix}-AnchorLogGroup-1ABCDEFGHIJKL`],
    ['NoticeTopic', `arn:aws:sns:${region}:${accountId}:${prefix}-notices`],
    ['DeadLetterQueue', queue('failed-events')],
    ['Key', `arn:aws:kms:${region}:${accountId}:key/1b2c3d4e-5f60-4718-9a0b-1c2d3e4f5a6b`],
    ...functions.map((name) => [logicalId(name, 'Queue'), queue(name)] as const),
  ]);
}

/** What deployment.cjs says of secrets, and makes of `slackSecret: secretsmanager:evenkeel/slack`. */
const SECRETS = { slack: 'slack', slackSigning: 'slack-signing', teams: 'teams', pagerDuty: 'pagerduty' };
const secretsIn = (template: string): string =>
  Object.entries(SECRETS).reduce((text, [key, name]) => {
    const arn = `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:evenkeel/${name}-??????`;
    const of = (what: string) => `\${file(resources/deployment.cjs):${key}.${what}}`;
    return text
      .replaceAll(of('action'), 'secretsmanager:GetSecretValue')
      .replaceAll(of('look'), 'secretsmanager:DescribeSecret')
      .replaceAll(of('lookAt'), arn)
      .replaceAll(of('arn'), arn);
  }, template);

/** The role's statements with everything filled in, as the deployed role has them. Throws where something would be left open. */
export function deployed(role: Role, place: Place, arns: ReadonlyMap<string, string>): readonly PlainStatement[] {
  const { accountId, region, prefix } = place;
  const arn = (id: string): string => {
    const found = arns.get(id);
    if (found === undefined) throw new Error(`the stack has no ${id}`);
    return found;
  };
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': accountId,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const text = (template: string) =>
    secretsIn(template)
      .replaceAll('${self:service}-${sls:stage}', prefix)
      .replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => pseudo[name] ?? arn(name.replace(/\.Arn$/, '')));
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    const { 'Fn::Sub': template, 'Fn::GetAtt': attribute, Ref: id } = value as Readonly<Record<string, unknown>>;
    if (typeof template === 'string') return text(template);
    if (Array.isArray(attribute)) return arn(attribute[0]);
    if (typeof id === 'string') return arn(id);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member)]));
  };
  return filled(role.statements.map(({ why: _, ...statement }) => statement)) as readonly PlainStatement[];
}

/** The stack's key leaves it to IAM who may use it, as every key does whose policy names the account. */
const keyPolicy = (accountId: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
  ],
});

/** IAM's answer to a request by a role with these statements, of which only those that name its action are asked. Throws where they or the request are not valid IAM. */
export async function answer(
  statements: readonly PlainStatement[],
  { action, resource, context }: IamRequest,
  accountId: string,
): Promise<string> {
  if (action.startsWith('apigateway:')) return answerByPath(statements, action, resource);
  const owner = context['aws:ResourceAccount'] ?? accountId;
  const Statement = statements.filter(({ Action }) => Action.some((pattern) => matchesPattern(pattern, action)));
  if (Statement.length === 0) return 'ImplicitlyDenied';
  const simulated = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/evenkeel`,
        action,
        resource: { resource, accountId: String(owner) },
        contextVariables: context as Record<string, string | string[]>,
      },
      identityPolicies: [{ name: 'evenkeel', policy: { Version: '2012-10-17', Statement } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') ? { resourcePolicy: keyPolicy(accountId) } : {}),
    },
    {},
  );
  if (simulated.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(simulated.errors)}`);
  return simulated.overallResult;
}

/** API Gateway's resource types have two ARNs each, by the version of the API, which the simulator takes for one. */
function answerByPath(statements: readonly PlainStatement[], action: string, resource: string): string {
  const asked = statements.filter(
    ({ Action, Resource }) =>
      Action.some((pattern) => matchesPattern(pattern, action)) &&
      [Resource].flat().some((pattern) => matchesPattern(pattern, resource)),
  );
  if (asked.some(({ Effect }) => Effect === 'Deny')) return 'ExplicitlyDenied';
  return asked.length > 0 ? 'Allowed' : 'ImplicitlyDenied';
}

export const isAllowed = async (statements: readonly PlainStatement[], request: IamRequest, accountId: string) =>
  (await answer(statements, request, accountId)) === 'Allowed';
