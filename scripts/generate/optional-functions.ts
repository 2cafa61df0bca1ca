import { ResourceType } from '@aws-sdk/client-config-service';
import type { AnyControl } from '../../shared/control.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { FunctionParts } from './function-yml.ts';
import { rulesStatements, slackStatements } from './roles.ts';
import { PREFIX } from './statements.ts';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The function that posts notices to Slack, deployed where deployment.yml says where the webhook's address lies. */
export const slackFunction = (): FunctionParts => ({
  name: 'slack',
  description: 'Posts the notices to Slack',
  statements: slackStatements(),
  queue: {
    wakes: [],
    senders: [{ service: 'sns.amazonaws.com', sources: [{ Ref: 'NoticeTopic' }] }],
    // Slack takes about one message a second, and each one that it puts off is received again.
    concurrency: 2,
    receives: 20,
  },
  settings: { environment: { EVENKEEL_SLACK_SECRET: '${file(resources/deployment.cjs):slackSecret}' } },
  resources: {
    SlackSubscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'NoticeTopic' },
        Protocol: 'sqs',
        Endpoint: arnOf('SlackQueue'),
        RawMessageDelivery: true,
        RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetterQueue') },
      },
    },
  },
});

/** The function that answers AWS Config, with a rule for each control; deployed where deployment.yml asks for it. */
export const rulesFunction = (controls: readonly AnyControl[], policy: PolicyDocument): FunctionParts => ({
  name: 'rules',
  description: 'Tells AWS Config the verdicts of the controls',
  statements: rulesStatements(controls, policy),
  settings: {
    timeout: 900,
    maximumRetryAttempts: 2,
    maximumEventAge: 21_600,
    destinations: { onFailure: { type: 'sqs', arn: arnOf('DeadLetterQueue') } },
  },
  resources: {
    RulesPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'RulesLambdaFunction' },
        Action: 'lambda:InvokeFunction',
        Principal: 'config.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
      },
    },
    ...Object.fromEntries(
      controls
        .filter((control) => policyFrom(policy).reachAnywhere(control) !== 'off')
        .filter(({ resource }) => isKnownToConfig(resource.type))
        .map((control) => [ruleId(control), configRule(control)]),
    ),
  },
});

/** Called by its control, as the rule itself is: by its place in the list, a control more would give its name to the rule of the next while that still has it, which CloudFormation refuses. */
const ruleId = ({ id }: AnyControl) => `Rules${id.split('-').map(title).join('')}`;
const title = (word: string) => `${word[0]?.toUpperCase()}${word.slice(1)}`;

/** What AWS Config calls settings of the account, of which it keeps no items. */
const ACCOUNT = 'AWS::::Account';

/** A rule on a type that AWS Config does not know (a snapshot) would be refused, and the whole deployment with it. */
const isKnownToConfig = (type: string): boolean =>
  type === ACCOUNT || Object.values<string>(ResourceType).includes(type);

/** One rule of AWS Config, which shows the verdict of one control. */
function configRule({ id, title, resource }: AnyControl): object {
  const type: string = resource.type;
  const changes = ['ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification'];
  // AWS Config charges for each evaluation: what it records is evaluated when it changes, and not every day besides.
  const details =
    type === ACCOUNT
      ? [{ MessageType: 'ScheduledNotification', MaximumExecutionFrequency: 'TwentyFour_Hours' }]
      : changes.map((MessageType) => ({ MessageType }));
  return {
    Type: 'AWS::Config::ConfigRule',
    DependsOn: ['RulesPermission'],
    Properties: {
      ConfigRuleName: `${PREFIX}-${id}`,
      Description: title.slice(0, 256),
      InputParameters: { controlId: id },
      ...(type === ACCOUNT ? {} : { Scope: { ComplianceResourceTypes: [type] } }),
      Source: {
        Owner: 'CUSTOM_LAMBDA',
        SourceIdentifier: arnOf('RulesLambdaFunction'),
        SourceDetails: details.map((detail) => ({ EventSource: 'aws.config', ...detail })),
      },
    },
  };
}
