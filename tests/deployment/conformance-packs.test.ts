import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadContent } from '../../scripts/catalogue.ts';
import { packaged, STAGE, VARIANTS } from '../support/packages.ts';
import { KNOWN_TO_CONFIG } from '../support/rule-events.ts';
import { ofType, PATIENCE, type Resources } from '../support/serverless.ts';

const { controls } = await loadContent();
const PREFIX = `evenkeel-${STAGE}`;

let resources: Resources;
beforeAll(async () => {
  resources = (await packaged(VARIANTS.full)).template.Resources;
}, PATIENCE);

const propertiesOf = (id: string) => resources[id]?.Properties;

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
      controls
        .filter(({ resource }) => KNOWN_TO_CONFIG.includes(resource.type))
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
