import { given as scopeOf } from '../../scripts/generate/scopes.ts';
import type { AnyControl, Plan } from '../../shared/control.ts';
import { isObject } from '../../shared/event.ts';
import type { Condition, Grants } from '../../shared/resource.ts';
import { callOf, operationOf, serviceOf } from '../../shared/step.ts';
import { iamActionsOf } from './iam-actions.ts';
import { namedResource } from './named-resource.ts';
import type { SeenCall } from './recorder.ts';

/** What IAM is asked: may this be done to that, the request being so. */
export interface IamRequest {
  readonly action: string;
  /** The ARN, or `*` where the call names no resource. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

type Call = SeenCall & { readonly accountId: string };
/** The ARN that an action of the call is about. */
type Naming = (call: Call) => string | readonly string[];

const arn = (service: string, { region, accountId }: Call, rest: string) =>
  `arn:aws:${service}:${region}:${accountId}:${rest}`;
const table: Naming = (call) => {
  const { TableName, IndexName, TransactItems, RequestItems = {} } = call.input;
  const name = TableName ?? TransactItems?.[0]?.Put?.TableName ?? Object.keys(RequestItems)[0];
  if (name === undefined) return '*';
  return arn('dynamodb', call, `table/${name}${IndexName === undefined ? '' : `/index/${IndexName}`}`);
};
const queue: Naming = (call) => {
  const { QueueName, QueueUrl } = call.input;
  const name = QueueName ?? QueueUrl?.split('/').at(-1);
  return name === undefined ? '*' : arn('sqs', call, name);
};
const stack: Naming = (call) => arn('cloudformation', call, `stack/${call.input.StackName}/a1b2c3d4`);
const secret: Naming = (call) => {
  const { SecretId } = call.input;
  if (SecretId === undefined) return '*';
  return SecretId.startsWith('arn:') ? SecretId : arn('secretsmanager', call, `secret:${SecretId}-AbCdEf`);
};
/** API Gateway's actions are its methods, and its resources its paths. */
const gatewayPath: Naming = ({ operation, input, region }) => {
  const { restApiId, stageName, domainName, ApiId, StageName } = input;
  const [root, id, stage] =
    ApiId !== undefined || /^GetApis$/.test(operation)
      ? ['apis', ApiId, StageName]
      : ['restapis', restApiId, stageName];
  const path = /DomainName/.test(operation)
    ? ['domainnames', domainName]
    : operation === 'GetAccount'
      ? ['account']
      : [
          root,
          id,
          ...(/Stage|AccessLog/.test(operation) ? ['stages', stage] : []),
          ...(/AccessLog/.test(operation) ? ['accesslogsettings'] : []),
        ];
  return `arn:aws:apigateway:${region}::/${path.filter((part) => part !== undefined).join('/')}`;
};

/** How calls name what they are about, where IAM's list of resource types does not lead to it. One table: `namedResource` serves every other service, so this grows with an oddity of a service, not with each service. */
const OWN: Readonly<Record<string, Naming>> = {
  dynamodb: table,
  cloudformation: stack,
  secretsmanager: secret,
  apigateway: gatewayPath,
  apigatewayv2: gatewayPath,
  sqs: queue,
  'eventbridge:PutEvents': (call) => arn('events', call, `event-bus/${call.input.Entries[0].EventBusName}`),
  'securityhub:BatchImportFindings': ({ input }) => input.Findings[0].ProductArn,
  'cloudwatch:DescribeAlarms': (call) => arn('cloudwatch', call, 'alarm:*'),
  // Of EC2's resources, controls tag volumes alone.
  'ec2:CreateTags': (call) => arn('ec2', call, `volume/${call.input.Resources[0]}`),
  'ec2:DeleteTags': (call) => arn('ec2', call, `volume/${call.input.Resources[0]}`),
  'rds:ListTagsForResource': ({ input }) => input.ResourceName,
  'ssm:ListTagsForResource': (call) => arn('ssm', call, `document/${call.input.ResourceId}`),
};

/** The ARN of what a call is about; `*` where it names nothing. */
async function resourceOf(call: Call, action: string): Promise<string> {
  const own = OWN[nameOf(call)] ?? OWN[call.service];
  return own === undefined ? ((await namedResource(action, call)) ?? '*') : String(own(call));
}

/** What the steps of controls, and the calls that undo them, say that IAM asks for, by `service:operation`. */
export type Declared = Map<string, Grants>;

/** The controls, which note in `declared` what the calls that undo them say of their permissions, and what each step that they plan says. */
export const declaring = (controls: readonly AnyControl[], declared: Declared): readonly AnyControl[] =>
  controls.map((control) => {
    const { plan, whenDeleted, undoCalls = [] } = control;
    for (const { client, command, permissions } of undoCalls)
      declared.set(`${serviceOf(client)}:${operationOf(command)}`, permissions);
    const noting = (planned: Plan): Plan => {
      if (!('byHand' in planned)) for (const step of planned) declared.set(nameOf(callOf(step)), step.permissions);
      return planned;
    };
    return {
      ...control,
      ...(plan && { plan: (...given: Parameters<typeof plan>) => noting(plan(...given)) }),
      ...(whenDeleted && {
        whenDeleted: {
          ...whenDeleted,
          plan: (...given: Parameters<typeof whenDeleted.plan>) => noting(whenDeleted.plan(...given)),
        },
      }),
    };
  });

/** What IAM is asked beside the call's own action, as its step says: on some resource of those that it names, under the condition that it names. */
function asDeclared(call: Call, declared: Declared, own: readonly string[]): readonly IamRequest[] {
  const besides = Object.entries(declared.get(nameOf(call)) ?? {}).filter(
    ([action]) => !own.includes(action) && action !== PASS_ROLE,
  );
  return besides.map(([action, grant]) => {
    const { resources, condition } = scopeOf(grant);
    const resource = filled(resources[0] ?? '*', call);
    return { action, resource, context: { ...contextOf(resource, call), ...equalsOf(condition, call) } };
  });
}

const PASS_ROLE = 'iam:PassRole';
const IS_ROLE = /^arn:[^:]+:iam::\d{12}:role\//;

/** Roles that a call gives away: every one that its input names. The step says to which service; without a word, to the call's own. */
function passed(call: Call, declared: Declared): readonly IamRequest[] {
  const grant = declared.get(nameOf(call))?.[PASS_ROLE];
  const to = grant && equalsOf(scopeOf(grant).condition, call)['iam:PassedToService'];
  return textsIn(call.input)
    .filter((text) => IS_ROLE.test(text))
    .map((role) => passing(role, to ?? `${call.service}.amazonaws.com`, call.accountId));
}

const nameOf = ({ service, operation }: { readonly service: string; readonly operation: string }) =>
  `${service}:${operation}`;

const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : isObject(value) || Array.isArray(value)
      ? Object.values(value).flatMap(textsIn)
      : [];

/** The text with CloudFormation's parameters filled in, and some name for whatever it leaves open. */
const filled = (text: string, { region, accountId }: Call) =>
  text
    .replaceAll('${AWS::Partition}', 'aws')
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll(/(?<=:.*)\*/g, 'any');

/** What a request has to hold to fulfil the condition: the first of each key's values. */
const equalsOf = (condition: Condition, call: Call): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(condition).flatMap((keys) =>
      Object.entries(keys).map(([key, value]) => [key, filled([value].flat()[0] ?? '', call)]),
    ),
  );

/** What a service asks of our key, with the role of whoever called it. */
const KEY_USES: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['kms:Decrypt'],
  'sns:Publish': ['kms:Decrypt', 'kms:GenerateDataKey'],
  'sqs:SendMessageBatch': ['kms:Decrypt', 'kms:GenerateDataKey'],
};

const contextOf = (resource: string, { region, accountId }: Call) => ({
  'aws:RequestedRegion': region,
  'aws:ResourceAccount': resource.split(':')[4] || accountId,
});

/** Where the requests come from: the account, our own key in it, whether the calls are about that key, and what steps say of their permissions. */
export interface Asking {
  readonly accountId: string;
  readonly key: string;
  readonly isAboutOwnKey?: boolean;
  readonly declared?: Declared;
}

/** Every question that IAM answers before a call of the account's own is made. */
export async function iamRequestsOf(
  seen: SeenCall,
  { accountId, key, isAboutOwnKey = false, declared = new Map() }: Asking,
): Promise<readonly IamRequest[]> {
  const call = { ...seen, accountId };
  const own = iamActionsOf(call.service, call.operation, call.input);
  const asked = own.map(async (action) => {
    const resource = call.service === 'kms' && isAboutOwnKey ? key : await resourceOf(call, action);
    return { action, resource, context: contextOf(resource, call) };
  });
  return [
    ...(await Promise.all(asked)),
    ...asDeclared(call, declared, own),
    ...passed(call, declared),
    ...(KEY_USES[nameOf(call)] ?? KEY_USES[call.service] ?? []).map((action) =>
      keyUse(action, call.service, call.region, { accountId, key }),
    ),
  ];
}

/** The question whether a role may be given to a service. */
export const passing = (role: string, to: string, accountId: string): IamRequest => ({
  action: PASS_ROLE,
  resource: role,
  context: { 'iam:PassedToService': to, 'aws:ResourceAccount': accountId },
});

/** The question whether a service may use our key for the role. */
export const keyUse = (
  action: string,
  service: string,
  region: string,
  { accountId, key }: { readonly accountId: string; readonly key: string },
): IamRequest => ({
  action,
  resource: key,
  context: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'aws:ResourceAccount': accountId },
});
