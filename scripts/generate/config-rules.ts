import { ResourceType } from '@aws-sdk/client-config-service';
import { stringify } from 'yaml';
import type { AnyControl } from '../../shared/control.ts';
import { byDomain, type Content } from './content.ts';
import type { FunctionParts } from './function-parts.ts';
import { CONFIG_RULES } from './roles.ts';
import { logicalId, PREFIX } from './statements.ts';

/** AWS Config's limits of a conformance pack: bytes of its template, and rules in it. */
const MAX_PACK_BYTES = 51_200;
const MAX_PACK_RULES = 130;
/** What the framework and CloudFormation add to a template when they fill in names. */
const MARGIN_BYTES = 6_000;

const FUNCTION = logicalId(CONFIG_RULES, 'LambdaFunction');
const PERMISSION = logicalId(CONFIG_RULES, 'Permission');
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The function that answers AWS Config, with a conformance pack of its domain's rules, one for each control; deployed where deployment.yml asks for it. In packs the rules are no resources of this stack, which could not hold them all. */
export const configRulesParts = (enabled: Content): FunctionParts => ({
  name: CONFIG_RULES,
  description: 'Reports the evaluations of the controls to AWS Config',
  settings: {
    timeout: 900,
    maximumRetryAttempts: 2,
    maximumEventAge: 21_600,
    destinations: { onFailure: { type: 'sqs', arn: arnOf('DeadLetterQueue') } },
  },
  resources: {
    [PERMISSION]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: FUNCTION },
        Action: 'lambda:InvokeFunction',
        Principal: 'config.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
      },
    },
    ...Object.fromEntries([...byDomain(enabled)].flatMap(([domain, own]) => packsOf(domain, own.controls))),
  },
});

function packsOf(domain: string, controls: readonly AnyControl[]): readonly (readonly [string, object])[] {
  return packed(controls.filter(({ resource }) => isKnownToConfig(resource.type))).map((some, index) => {
    const number = index === 0 ? '' : `${index + 1}`;
    return [
      logicalId(domain, `ConformancePack${number}`),
      {
        Type: 'AWS::Config::ConformancePack',
        // Without the permission to invoke the function its rules are refused.
        DependsOn: [PERMISSION],
        Properties: {
          ConformancePackName: [PREFIX, domain, number].filter(Boolean).join('-'),
          TemplateBody: { 'Fn::Sub': packTemplate(some) },
        },
      },
    ];
  });
}

/** Rules in an order of their own, in as few packs as hold them. */
function packed(controls: readonly AnyControl[]): readonly (readonly AnyControl[])[] {
  const packs: AnyControl[][] = [];
  for (const control of controls.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const last = packs.at(-1);
    if (last !== undefined && fits([...last, control])) last.push(control);
    else packs.push([control]);
  }
  return packs;
}

const fits = (controls: readonly AnyControl[]) =>
  controls.length <= MAX_PACK_RULES && Buffer.byteLength(packTemplate(controls)) <= MAX_PACK_BYTES - MARGIN_BYTES;

const packTemplate = (controls: readonly AnyControl[]): string =>
  stringify(
    { Resources: Object.fromEntries(controls.map((control) => [ruleId(control), configRule(control)])) },
    { lineWidth: 0 },
  );

/** Called by its control, as the rule itself is: by its place in the list, a control more would give its name to the rule of the next while that still has it, which CloudFormation refuses. */
const ruleId = ({ id }: AnyControl) => id.split('-').map(capitalized).join('');
const capitalized = (word: string) => `${word[0]?.toUpperCase()}${word.slice(1)}`;

/** What AWS Config calls settings of the account, of which it keeps no items. */
const ACCOUNT = 'AWS::::Account';

/** A rule on a type that AWS Config does not know (a snapshot) would be refused, and the whole deployment with it. */
const isKnownToConfig = (type: string): boolean =>
  type === ACCOUNT || Object.values<string>(ResourceType).includes(type);

/** One rule of AWS Config, which shows the evaluations of one control. */
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
    Properties: {
      ConfigRuleName: `${PREFIX}-${id}`,
      Description: literally(title.slice(0, 256)),
      InputParameters: { controlId: id },
      ...(type === ACCOUNT ? {} : { Scope: { ComplianceResourceTypes: [type] } }),
      Source: {
        Owner: 'CUSTOM_LAMBDA',
        SourceIdentifier: `\${${FUNCTION}.Arn}`,
        SourceDetails: details.map((detail) => ({ EventSource: 'aws.config', ...detail })),
      },
    },
  };
}

/** Text that CloudFormation is not to fill anything into. */
const literally = (text: string) => text.replaceAll('${', '${!');
