import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContent } from '../../scripts/catalogue.ts';
import { byDomain } from '../../scripts/generate/content.ts';
import { SLICE_GRACE_MS } from '../../shared/engine/sweep/sweep.ts';
import { METRICS } from '../../shared/lambda/metrics.ts';
import { MAX_RECEIVES } from '../../shared/lambda/shorten-visibility.ts';
import { MARGIN_MS } from '../../shared/lambda/sweep.ts';
import { LEASE_MS } from '../../shared/ledger/lease.ts';
import { lintTemplates } from '../support/cfn-lint.ts';
import { temporaryFolder } from '../support/command.ts';
import { type Package, packaged, VARIANTS as SETTINGS, STAGE, type Variant } from '../support/packages.ts';
import { arnOf, named, ofType, PATIENCE, type Resources, statementsOf, type Template } from '../support/serverless.ts';

/** What hands notifications on, each by a queue of its own. */
const RECEIVERS = ['slack', 'teams', 'pagerduty'];
const domains = [...byDomain(await loadContent()).keys()];
const VARIANTS: readonly Variant[] = ['plain', 'full', 'alone'];
const temporary = temporaryFolder();
let packages: readonly Package[];
const templates = {} as Record<Variant, Template>;
let plain: Resources;
let full: Resources;
beforeAll(async () => {
  packages = await Promise.all(VARIANTS.map((name) => packaged(SETTINGS[name])));
  VARIANTS.forEach((name, index) => {
    templates[name] = (packages[index] as Package).template;
  });
  plain = templates.plain.Resources;
  full = templates.full.Resources;
}, PATIENCE);

const propertiesOf = (id: string, from = full) => from[id]?.Properties;
const regionTemplate = (): { readonly Resources: Resources } => JSON.parse(propertiesOf('Forwarding').TemplateBody);
/** What CloudFormation makes of a text, but for what AWS fills in. */
const text = (value: unknown): string =>
  typeof value === 'string' ? value : String(Object.values(value as object)[0]).replaceAll('AWS::', '');

describe('CloudFormation', () => {
  test(
    'takes what a new clone deploys, and what is laid in the other regions, without a word of its linter',
    async () => {
      const elsewhere = join(temporary, 'region.json');
      writeFileSync(elsewhere, propertiesOf('Forwarding').TemplateBody);
      // The linter takes long: budget.test.ts gives it the one with everything that there is, and more; in its home region alone it has the same resources.
      const { folder } = packages[VARIANTS.indexOf('plain')] as Package;
      const file = join(folder, 'cloudformation-template-update-stack.json');
      const flags = ['--regions', 'eu-west-1', 'us-east-1'];
      expect(await lintTemplates([file, elsewhere], flags)).toEqual({ status: 0, stdout: '', stderr: '' });
    },
    PATIENCE,
  );

  test('has room for it: template, roles, and the template within the template', () => {
    expect(Object.keys(full).length).toBeLessThan(250);
    expect(JSON.stringify(templates.full).length).toBeLessThan(1_000_000);
    expect(propertiesOf('Forwarding').TemplateBody.length).toBeLessThan(51_200);
    for (const [, { Properties }] of ofType(full, 'AWS::IAM::Role'))
      expect(JSON.stringify(Properties.Policies ?? []).length).toBeLessThan(10_240);
  });

  test.each([
    ['AWS::Lambda::Function', 'FunctionName', 64],
    ['AWS::SQS::Queue', 'QueueName', 80],
    ['AWS::Events::Rule', 'Name', 64],
    ['AWS::Events::EventBus', 'Name', 256],
    ['AWS::SNS::Topic', 'TopicName', 256],
    ['AWS::CloudFormation::StackSet', 'StackSetName', 128],
    ['AWS::CloudWatch::Alarm', 'AlarmName', 255],
    ['AWS::Config::ConformancePack', 'ConformancePackName', 256],
    ['AWS::KMS::Alias', 'AliasName', 256],
  ])('takes the names of %s under the longest stage', (type, property, most) => {
    const prefix = `evenkeel-${STAGE}`;
    const found = ofType(full, type).map(([, { Properties }]) => Properties[property]);
    const elsewhere = ofType(regionTemplate().Resources, type).map(([, { Properties }]) =>
      text(Properties[property]).replace('${Prefix}', prefix),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const name of [...found, ...elsewhere]) {
      expect(name).toMatch(new RegExp(`^(alias/)?${prefix}[a-z0-9-]*$`));
      expect(name.length).toBeLessThanOrEqual(most);
    }
  });

  test('names the roles itself, so that no name is too long for IAM', () => {
    for (const [, { Properties }] of ofType(full, 'AWS::IAM::Role')) expect(Properties.RoleName).toBeUndefined();
  });

  test('tells what the command and other stacks need', () => {
    const { Outputs } = templates.full;
    expect(Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, Value]))).toMatchObject({
      LedgerTable: { Ref: 'LedgerTable' },
      AnchorLogGroup: { Ref: 'AnchorLogGroup' },
      NoticeTopic: { Ref: 'NoticeTopic' },
      DeadLetterQueueUrl: { Ref: 'DeadLetterQueue' },
      EventBus: arnOf('EventBus'),
      Regions: 'eu-west-1,us-east-1,us-east-2,ap-east-1',
      PolicyVersion: expect.stringMatching(/^[0-9a-f]{6,}$/),
    });
    expect(templates.alone.Outputs.Regions?.Value).toBe('us-east-1');
    expect(Outputs.PolicyVersion).not.toEqual(templates.plain.Outputs.PolicyVersion);
  });
});

describe('each function', () => {
  const functions = (from: Resources) =>
    ofType(from, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties.Handler.split('/')[1] as string);

  test('serves a domain, or what belongs to all; Slack, Teams, PagerDuty and the rules of AWS Config only where asked for', () => {
    expect(functions(plain).toSorted()).toEqual([...domains, 'watch'].sort());
    expect(functions(full).toSorted()).toEqual(
      [...domains, 'watch', ...RECEIVERS, 'slack-actions', 'config-rules', 'outcomes'].sort(),
    );
    const ofOptional = Object.keys(plain).filter((id) =>
      /^(Slack|Teams|Pagerduty|ConfigRules|Email|Outcomes)/.test(id),
    );
    expect(ofOptional).toEqual([]);
  });

  test('runs on arm64 and Node 24, by its own handler, and finds ledger and topic', () => {
    for (const name of functions(full)) {
      const { FunctionName, Handler, Runtime, Architectures, Environment } = propertiesOf(
        named(name, 'LambdaFunction'),
      );
      expect({ FunctionName, Handler, Runtime, Architectures }).toEqual({
        FunctionName: `evenkeel-${STAGE}-${name}`,
        Handler: `functions/${name}/handler.handler`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
      });
      expect(Environment.Variables).toEqual({
        EVENKEEL_TABLE: { Ref: 'LedgerTable' },
        EVENKEEL_TOPIC_ARN: { Ref: 'NoticeTopic' },
        // It distinguishes the metrics of two stages.
        POWERTOOLS_SERVICE_NAME: `evenkeel-${STAGE}`,
        POWERTOOLS_METRICS_NAMESPACE: 'Evenkeel',
        ...(name === 'slack'
          ? {
              EVENKEEL_SLACK_SECRET: 'secretsmanager:evenkeel/slack',
              EVENKEEL_SLACK_CHANNEL: 'C0123456789',
              EVENKEEL_SLACK_BUTTONS: 'true',
            }
          : {}),
        ...(name === 'teams' ? { EVENKEEL_TEAMS_SECRET: 'secretsmanager:evenkeel/teams' } : {}),
        ...(name === 'pagerduty' ? { EVENKEEL_PAGERDUTY_SECRET: 'ssm:/evenkeel/pagerduty' } : {}),
        ...(name === 'slack-actions' ? { EVENKEEL_SLACK_SIGNING_SECRET: 'secretsmanager:evenkeel/signing' } : {}),
        ...(domains.some((domain) => domain === name) ? { EVENKEEL_OUTCOMES_QUEUE: { Ref: 'OutcomesQueue' } } : {}),
        ...(name === 'outcomes'
          ? { EVENKEEL_OUTCOMES_BUS: { Ref: 'OutcomesBus' }, EVENKEEL_SECURITY_HUB: 'true' }
          : {}),
      });
    }
  });

  test('may wake itself where it sweeps: Lambda would end a long sweep as a loop', () => {
    const allowed = functions(full).filter(
      (name) => propertiesOf(named(name, 'LambdaFunction')).RecursiveLoop === 'Allow',
    );
    expect(allowed.toSorted()).toEqual(domains.toSorted());
  });

  test('has a role of its own, which only Lambda takes on and which may do nothing by a wildcard', () => {
    for (const name of functions(full)) {
      expect(propertiesOf(named(name, 'LambdaFunction')).Role).toEqual({
        'Fn::Sub': `\${${named(name, 'Role')}.Arn}`,
      });
      const { AssumeRolePolicyDocument, ManagedPolicyArns } = propertiesOf(named(name, 'Role'));
      expect(ManagedPolicyArns).toBeUndefined();
      expect(AssumeRolePolicyDocument.Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
      const actions = statementsOf(full, name).flatMap(({ Action }) => Action);
      expect(actions.length).toBeGreaterThan(5);
      expect(actions.filter((action) => !/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/.test(action))).toEqual([]);
    }
    const roles = ofType(full, 'AWS::IAM::Role').map(([id]) => id);
    expect(roles.filter((id) => !id.startsWith('Forward')).sort()).toEqual(
      functions(full)
        .map((name) => named(name, 'Role'))
        .sort(),
    );
  });

  test.each(domains)('%s does nothing but read where no mode lets it act', (domain) => {
    const statements = statementsOf(plain, domain);
    expect(statements.map(({ Sid }) => Sid)).not.toContainEqual(expect.stringMatching(/^Remediate/));
    for (const { Sid, Action, Resource } of statements) {
      if (Sid.startsWith('Read'))
        expect(
          Action.filter((action) => !/^[a-z0-9-]+:(BatchGet|Get|List|Describe)|^apigateway:GET$/.test(action)),
        ).toEqual([]);
      else expect(Resource).not.toBe('*');
    }
  });

  test('has a log that is kept for as long as deployment.yml says, as has the command', () => {
    const days = (from: Resources) =>
      ofType(from, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.RetentionInDays);
    expect(days(plain)).toEqual([...functions(plain).map(() => 365), 365]);
    expect(days(full)).toEqual([...functions(full).map(() => 30), 30]);
  });

  test('reads from a queue of its own, and what fails goes to the dead-letter queue; the rules of AWS Config wait for their answer', () => {
    for (const name of functions(full).filter((one) => !['config-rules', 'slack-actions'].includes(one))) {
      const { RedrivePolicy } = propertiesOf(named(name, 'Queue'));
      expect(RedrivePolicy.deadLetterTargetArn).toEqual(arnOf('DeadLetterQueue'));
      expect(RedrivePolicy.maxReceiveCount).toBe(RECEIVERS.includes(name) ? 20 : MAX_RECEIVES);
      expect(propertiesOf(named(name, 'Mapping'))).toEqual({
        EventSourceArn: arnOf(named(name, 'Queue')),
        FunctionName: { Ref: named(name, 'LambdaFunction') },
        ...(name === 'outcomes' ? { BatchSize: 100, MaximumBatchingWindowInSeconds: 5 } : { BatchSize: 10 }),
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: [...RECEIVERS, 'outcomes'].includes(name) ? 2 : 7 },
      });
      expect(full[named(name, 'Mapping')]?.DependsOn).toEqual([named(name, 'Role')]);
    }
    expect(full.ConfigRulesQueue).toBeUndefined();
    expect(propertiesOf('ConfigRulesLambdaEvConf').DestinationConfig).toEqual({
      OnFailure: { Destination: arnOf('DeadLetterQueue') },
    });
  });

  test('that hands notifications on is heard of nowhere else in the template, unless it is asked for', () => {
    expect(JSON.stringify(templates.plain)).not.toMatch(/teams|pagerduty/i);
    const dashboard = JSON.stringify(propertiesOf('Dashboard'));
    for (const metric of ['TeamsFailed', 'TeamsPosted', 'PagerDutyFailed', 'PagerDutyPosted'])
      expect(dashboard).toContain(metric);
    expect(statementsOf(full, 'pagerduty').find(({ Sid }) => Sid === 'Address')).toMatchObject({
      Action: ['ssm:GetParameter'],
      Resource: { 'Fn::Sub': expect.stringMatching(/:parameter\/evenkeel\/pagerduty$/) },
    });
  });

  test('that sends outcomes on has a bus of its own, and the command finds its queue', () => {
    expect(propertiesOf('OutcomesBus')).toEqual({ Name: `evenkeel-${STAGE}-outcomes` });
    expect(templates.full.Outputs.OutcomesBus?.Value).toEqual(arnOf('OutcomesBus'));
    expect(templates.full.Outputs.OutcomesQueue?.Value).toEqual({ Ref: 'OutcomesQueue' });
    const onBus = ofType(full, 'AWS::Events::Rule').filter(([, rule]) => JSON.stringify(rule).includes('OutcomesBus'));
    expect(onBus).toEqual([]);
  });

  test('behind the URL that Slack calls is called by everybody, by the URL alone, and only where it is asked for', () => {
    const permissions = ofType(full, 'AWS::Lambda::Permission').filter(([id]) => id.startsWith('SlackActions'));
    const FunctionName = arnOf('SlackActionsLambdaFunction');
    expect(permissions.map(([, { Properties }]) => Properties)).toEqual([
      { FunctionName, Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' },
      { FunctionName, Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
    ]);
    expect(propertiesOf('SlackActionsUrl')).toEqual({ AuthType: 'NONE', TargetFunctionArn: FunctionName });
    expect(templates.full.Outputs.SlackActionsUrl?.Value).toEqual({ 'Fn::GetAtt': ['SlackActionsUrl', 'FunctionUrl'] });
    expect(JSON.stringify(templates.plain)).not.toMatch(/Lambda::Url|SlackActions|SLACK_(PRESS|THREAD)/);
    expect(full.SlackActionsQueue).toBeUndefined();
  });

  test('that dies has lost its lease and its sweep before the message comes again', () => {
    for (const name of functions(full).filter((one) => !['config-rules', 'slack-actions'].includes(one))) {
      const { VisibilityTimeout } = propertiesOf(named(name, 'Queue'));
      const timeout = propertiesOf(named(name, 'LambdaFunction')).Timeout;
      // As AWS recommends for a queue that wakes a function.
      expect(VisibilityTimeout).toBe(6 * timeout);
      // A lease that was taken in the last moment, and half a minute for clocks and for what is on its way.
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(timeout + LEASE_MS / 1000 + 30);
      expect(VisibilityTimeout).toBeGreaterThan(timeout + (SLICE_GRACE_MS - MARGIN_MS) / 1000);
      expect(timeout).toBeGreaterThan((2 * MARGIN_MS) / 1000);
    }
  });
});

describe('the alarms', () => {
  const alarms = () => ofType(full, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [id, Properties] as const);

  test('all tell the topic, of metrics that there are', () => {
    const ofQueues = ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'];
    for (const [, { AlarmActions, ActionsEnabled = true, Namespace, MetricName, Dimensions }] of alarms()) {
      expect([ActionsEnabled, AlarmActions]).toEqual([true, [{ Ref: 'NoticeTopic' }]]);
      const [{ Name, Value }, ...more] = Dimensions;
      expect(more).toEqual([]);
      if (Namespace === 'Evenkeel') {
        expect([Name, Value]).toEqual(['service', `evenkeel-${STAGE}`]);
        expect(METRICS).toHaveProperty([MetricName, 'by'], expect.arrayContaining(['all']));
        continue;
      }
      const [id, attribute] = Value['Fn::GetAtt'];
      expect([Namespace, Name, attribute, full[id]?.Type]).toEqual(
        ofQueues.includes(MetricName)
          ? ['AWS/SQS', 'QueueName', 'QueueName', 'AWS::SQS::Queue']
          : ['AWS/SNS', 'TopicName', 'TopicName', 'AWS::SNS::Topic'],
      );
      if (Namespace === 'AWS/SNS') expect(MetricName).toBe('NumberOfNotificationsFailed');
    }
  });

  test('watch every queue: what waits too long, and whatever has failed', () => {
    const watched = alarms()
      .filter(([, { Namespace }]) => Namespace === 'AWS/SQS')
      .map(([, { Dimensions, MetricName, Threshold }]) => [
        Dimensions[0].Value['Fn::GetAtt'][0],
        MetricName,
        Threshold,
      ]);
    expect(watched.sort()).toEqual(
      ofType(full, 'AWS::SQS::Queue')
        .map(([id]) =>
          id === 'DeadLetterQueue'
            ? [id, 'ApproximateNumberOfMessagesVisible', 0]
            : [id, 'ApproximateAgeOfOldestMessage', 900],
        )
        .sort(),
    );
  });

  test('ring where no heartbeat is counted any more, and only that one where nothing is counted; not before the first one', () => {
    const silent = alarms().filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching');
    expect(silent.map(([id, { TreatMissingData }]) => [id, TreatMissingData])).toEqual([
      ['HeartbeatMissedAlarm', 'missing'],
    ]);
    // At least one beat falls into each of its periods.
    expect(propertiesOf('HeartbeatMissedAlarm')).toMatchObject({
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 0,
      InsufficientDataActions: [{ Ref: 'NoticeTopic' }],
    });
    // Nor is one expected where there is no queue to beat on yet, or any more.
    expect(full.WatchHeartbeatSchedule?.DependsOn).toEqual(['Forwarding']);
  });
});

test('a region that fails keeps none of the others from being deployed', () => {
  const { OperationPreferences } = propertiesOf('Forwarding', plain);
  // Of the one account in each region, all may fail; the regions are deployed at once.
  expect(OperationPreferences).toEqual({
    RegionConcurrencyType: 'PARALLEL',
    MaxConcurrentPercentage: 100,
    FailureTolerancePercentage: 100,
  });
});
