import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadContent } from '../../scripts/catalogue.ts';
import { EMAILS, packaged, STAGE, VARIANTS } from '../support/packages.ts';
import { ofType, PATIENCE, type Resources } from '../support/serverless.ts';

// What the local account does not look at: who may use what of the deployment, and what outlasts it.
const { controls } = await loadContent();
const PREFIX = `evenkeel-${STAGE}`;

let resources: Resources;
let elsewhere: Resources;
beforeAll(async () => {
  resources = (await packaged(VARIANTS.full)).template.Resources;
  elsewhere = JSON.parse(resources.Forwarding?.Properties.TemplateBody).Resources;
}, PATIENCE);

const propertiesOf = (id: string) => resources[id]?.Properties;
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const sub = (text: string) => ({ 'Fn::Sub': text });
const HERE = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
/** For nobody else, where the service says for whom it acts. */
const NOWHERE_ELSE = { StringEqualsIfExists: HERE.StringEquals };

describe('the key', () => {
  test('can be used by whom the account allows, and by the services that fill topic and queues, for this account', () => {
    const { KeyPolicy, EnableKeyRotation } = propertiesOf('Key');
    expect(EnableKeyRotation).toBe(true);
    expect(KeyPolicy.Statement.map(({ Sid: _, ...statement }: { Sid: string }) => statement)).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com', 'cloudwatch.amazonaws.com'] },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
        Condition: NOWHERE_ELSE,
      },
    ]);
  });

  test('encrypts the ledger, the topic and every queue', () => {
    expect(propertiesOf('LedgerTable').SSESpecification).toEqual({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: arnOf('Key'),
    });
    const others = [...ofType(resources, 'AWS::SNS::Topic'), ...ofType(resources, 'AWS::SQS::Queue')];
    // The topic, the dead-letter queue, and a queue for each function that has one.
    expect(others.length).toBe(10);
    for (const [, { Properties }] of others) expect(Properties.KmsMasterKeyId).toEqual(arnOf('Key'));
    // The key of the home region is none of another.
    expect(elsewhere.FailedEvents?.Properties.SqsManagedSseEnabled).toBe(true);
  });
});

test('the bucket of the archives lets nobody in, whatever the account has set', () => {
  expect(propertiesOf('ServerlessDeploymentBucket').PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
});

describe('the ledger', () => {
  test('outlasts the stack, with its key, and can be had back as it was at any second', () => {
    const kept = { UpdateReplacePolicy: 'Retain' };
    expect(resources.LedgerTable).toMatchObject({ ...kept, DeletionPolicy: 'Retain' });
    // A first deploy that fails leaves no key behind, which would cost a dollar a month.
    expect(resources.Key).toMatchObject({ ...kept, DeletionPolicy: 'RetainExceptOnCreate' });
    expect(propertiesOf('LedgerTable')).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
    // With a name, a stack could not be made again beside the table that one before left.
    expect(propertiesOf('LedgerTable').TableName).toBeUndefined();
  });
});

describe('the queues', () => {
  /** Who may send to a queue, by its policy. */
  function sendersTo(policy: { readonly Statement: readonly Readonly<Record<string, unknown>>[] }, queue: object) {
    const [denied, ...allowed] = policy.Statement.map(({ Sid: _, ...statement }) => statement).reverse();
    expect(denied).toEqual({
      Effect: 'Deny',
      Principal: '*',
      Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
      Resource: queue,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    return allowed.reverse().map(({ Principal, Condition, ...statement }) => {
      expect(statement).toEqual({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue });
      const [[operator, { 'aws:SourceArn': from }]] = Object.entries(
        Condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
      ) as unknown as [[string, { 'aws:SourceArn': unknown }]];
      expect(operator).toMatch(/^Arn(Like|Equals)$/);
      return [Object.values(Principal as object)[0], [from].flat()];
    });
  }
  const rules = ['', `${PREFIX}/`].map((bus) =>
    sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${bus}${PREFIX}-*`),
  );
  const ours = ['events.amazonaws.com', rules];
  const topic = ['sns.amazonaws.com', [{ Ref: 'NoticeTopic' }]];

  test('get messages from our own rules, the topic, or both, and nothing without TLS', () => {
    const policies = ofType(resources, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => {
      const [{ Ref: queue }] = Properties.Queues;
      return [queue, sendersTo(Properties.PolicyDocument, arnOf(queue))] as const;
    });
    const queues = ofType(resources, 'AWS::SQS::Queue').map(([id]) => id);
    expect(Object.fromEntries(policies)).toEqual(
      Object.fromEntries(
        queues.map((id) => [id, id === 'DeadLetterQueue' ? [ours, topic] : id === 'SlackQueue' ? [topic] : [ours]]),
      ),
    );
  });

  test('of the other regions get messages from our rules there', () => {
    const { PolicyDocument } = elsewhere.FailedEventsPolicy?.Properties ?? {};
    expect(sendersTo(PolicyDocument, arnOf('FailedEvents'))).toEqual([
      ['events.amazonaws.com', [sub('arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${Prefix}-*')]],
    ]);
  });

  test('keep what has failed for two weeks, and what waits for one', () => {
    const kept = ofType(resources, 'AWS::SQS::Queue').map(([id, { Properties }]) => [
      id === 'DeadLetterQueue',
      Properties.MessageRetentionPeriod,
    ]);
    for (const [isLast, seconds] of kept) expect(seconds).toBe(isLast ? 1_209_600 : 604_800);
    expect(elsewhere.FailedEvents?.Properties.MessageRetentionPeriod).toBe(1_209_600);
  });
});

describe('the topic', () => {
  test('gets what alarms of this account say, and nothing without TLS; whom else it hears, roles say', () => {
    const { Topics, PolicyDocument } = propertiesOf('NoticeTopicPolicy');
    expect(Topics).toEqual([{ Ref: 'NoticeTopic' }]);
    expect(PolicyDocument.Statement.map(({ Sid: _, ...statement }: { Sid: string }) => statement)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: 'NoticeTopic' },
        Condition: HERE,
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: 'NoticeTopic' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });

  test('tells each address by e-mail, and Slack by its queue; what cannot be delivered is kept', () => {
    const subscriptions = ofType(resources, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
    for (const { TopicArn, RedrivePolicy } of subscriptions)
      expect({ TopicArn, RedrivePolicy }).toEqual({
        TopicArn: { Ref: 'NoticeTopic' },
        RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetterQueue') },
      });
    expect(subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([
      ...EMAILS.map((email) => ['email', email]),
      ['sqs', arnOf('SlackQueue')],
    ]);
  });
});

describe('the stack set', () => {
  test('lays the forwarding in every other region, with the names of this deployment', () => {
    expect(propertiesOf('Forwarding')).toMatchObject({
      PermissionModel: 'SELF_MANAGED',
      AdministrationRoleARN: arnOf('ForwardingAdministrationRole'),
      ExecutionRoleName: { Ref: 'ForwardingExecutionRole' },
      StackInstancesGroup: [
        {
          DeploymentTargets: { Accounts: [{ Ref: 'AWS::AccountId' }] },
          Regions: ['us-east-1', 'us-east-2', 'ap-east-1'],
        },
      ],
      Parameters: [
        { ParameterKey: 'Prefix', ParameterValue: PREFIX },
        { ParameterKey: 'HomeBus', ParameterValue: arnOf('EventBus') },
        { ParameterKey: 'ForwardRole', ParameterValue: arnOf('ForwardRole') },
      ],
    });
    const { Parameters } = JSON.parse(propertiesOf('Forwarding').TemplateBody);
    expect(Object.keys(Parameters)).toEqual(['Prefix', 'HomeBus', 'ForwardRole']);
    // They are there as long as it is: it cannot be removed without them.
    expect(resources.Forwarding?.DependsOn).toEqual([
      'ForwardingAdministrationPolicy',
      'ForwardingExecutionPolicy',
      // By then, other services know the roles.
      'WatchMapping',
    ]);
  });

  test('works by roles that trust CloudFormation, here and by its name in each region that was opted in to, and one another', () => {
    const trust = (id: string) => propertiesOf(id).AssumeRolePolicyDocument.Statement;
    const services = ['cloudformation.amazonaws.com', 'cloudformation.ap-east-1.amazonaws.com'];
    const Allow = { Effect: 'Allow', Action: 'sts:AssumeRole' };
    expect(trust('ForwardingAdministrationRole')).toEqual([
      { ...Allow, Principal: { Service: services }, Condition: HERE },
    ]);
    expect(trust('ForwardingExecutionRole')).toEqual([
      { ...Allow, Principal: { AWS: arnOf('ForwardingAdministrationRole') } },
    ]);
    expect(trust('ForwardRole')).toEqual([
      { ...Allow, Principal: { Service: 'events.amazonaws.com' }, Condition: NOWHERE_ELSE },
    ]);
    expect(propertiesOf('ForwardingAdministrationPolicy')).toMatchObject({
      Roles: [{ Ref: 'ForwardingAdministrationRole' }],
      PolicyDocument: { Statement: [{ ...Allow, Resource: arnOf('ForwardingExecutionRole') }] },
    });
  });

  test('touches what is ours alone', () => {
    const { Roles, PolicyDocument } = propertiesOf('ForwardingExecutionPolicy');
    expect(Roles).toEqual([{ Ref: 'ForwardingExecutionRole' }]);
    const touched = PolicyDocument.Statement.map(
      ({ Effect, Resource }: { Effect: string; Resource: object | string }) => [
        Effect,
        typeof Resource === 'object' && 'Fn::Sub' in Resource
          ? String(Resource['Fn::Sub']).replace('arn:${AWS::Partition}:', '')
          : Resource,
      ],
    );
    expect(touched).toEqual([
      ['Allow', `cloudformation:*:\${AWS::AccountId}:stack/StackSet-${PREFIX}-forwarding-*`],
      // What is read of templates before there is a stack.
      ['Allow', '*'],
      ['Allow', 's3:::cf-templates-*/*'],
      ['Allow', `events:*:\${AWS::AccountId}:rule/${PREFIX}-forward-*`],
      ['Allow', `sqs:*:\${AWS::AccountId}:${PREFIX}-failed-events`],
      ['Allow', arnOf('ForwardRole')],
    ]);
    const everywhere = PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) => Resource === '*');
    for (const action of everywhere.flatMap(({ Action }: { Action: string[] }) => Action))
      expect(action).toMatch(/^cloudformation:(Describe|Get|List|Validate)/);
    const rules = ofType(elsewhere, 'AWS::Events::Rule').map(([, { Properties }]) => Properties.Name['Fn::Sub']);
    expect(rules.filter((name) => !name.startsWith('${Prefix}-forward-'))).toEqual([]);
    expect(propertiesOf('ForwardRole').Policies).toEqual([
      {
        PolicyName: 'forward',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: arnOf('EventBus') }],
        },
      },
    ]);
  });
});

describe('the rules of AWS Config', () => {
  interface Rule {
    readonly Properties: {
      readonly [name: string]: unknown;
      readonly Source: {
        readonly [name: string]: unknown;
        readonly SourceDetails: readonly Readonly<Record<string, string>>[];
      };
    };
  }
  const packs = () =>
    ofType(resources, 'AWS::Config::ConformancePack').map(([, { DependsOn, Properties }]) => ({
      DependsOn,
      name: Properties.ConformancePackName,
      body: Properties.TemplateBody['Fn::Sub'] as string,
      rules: Object.values(parse(Properties.TemplateBody['Fn::Sub']).Resources) as readonly Rule[],
    }));

  test('are one for each control, in a pack of their domain, called by it; of settings of the account they come by the day alone', () => {
    const found = packs().flatMap(({ name, rules }) =>
      rules.map(({ Properties }) => [
        name,
        Properties.ConfigRuleName,
        Properties.InputParameters,
        Properties.Scope,
        Properties.Source.SourceDetails.map(({ MessageType, MaximumExecutionFrequency = null }) => [
          MessageType,
          MaximumExecutionFrequency,
        ]),
        [Properties.Source.Owner, Properties.Source.SourceIdentifier],
      ]),
    );
    const changes = [
      ['ConfigurationItemChangeNotification', null],
      ['OversizedConfigurationItemChangeNotification', null],
    ];
    expect(found.sort()).toEqual(
      // AWS Config knows no snapshots and no images: a rule on them would be refused, and all else with it.
      controls
        .filter(({ resource }) => !['AWS::EC2::Snapshot', 'AWS::EC2::Image'].includes(resource.type))
        .map(({ id, resource }) => {
          const ofAccount = resource.type === 'AWS::::Account';
          return [
            `${PREFIX}-${resource.service.domain}`,
            `${PREFIX}-${id}`,
            { controlId: id },
            ofAccount ? undefined : { ComplianceResourceTypes: [resource.type] },
            ofAccount ? [['ScheduledNotification', 'TwentyFour_Hours']] : changes,
            ['CUSTOM_LAMBDA', '${ConfigRulesLambdaFunction.Arn}'],
          ];
        })
        .sort(),
    );
  });

  test('fit into packs as AWS Config takes them, which wait for the permission to call the function', () => {
    for (const { DependsOn, body, rules } of packs()) {
      expect(Buffer.byteLength(body)).toBeLessThan(51_200);
      expect(rules.length).toBeLessThanOrEqual(130);
      expect(DependsOn).toEqual(['ConfigRulesPermission']);
    }
  });

  test('may call the function, for this account', () => {
    expect(propertiesOf('ConfigRulesPermission')).toEqual({
      FunctionName: { Ref: 'ConfigRulesLambdaFunction' },
      Action: 'lambda:InvokeFunction',
      Principal: 'config.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
  });
});
