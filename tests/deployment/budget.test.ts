import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadCatalogue } from '../../scripts/catalogue.ts';
import { DOMAINS } from '../../shared/service.ts';
import { lintTemplates } from '../support/cfn-lint.ts';
import { temporaryFolder } from '../support/command.ts';
import { packaged, STAGE } from '../support/packages.ts';
import { KNOWN_TO_CONFIG } from '../support/rule-events.ts';
import { ofType, PATIENCE, policiesOf, type Resources } from '../support/serverless.ts';

// What AWS takes, held with as many controls as Evenkeel may come to have and everything on that a deployment can have.
const own = [...(await loadCatalogue()).values()].flat();
/** Controls that stand in for those that are still to come; a quarter of them is in the fullest domain. */
const COUNT = 4 * Math.floor((200 - own.length) / 4);
const flags = [
  `--stage=${STAGE}`,
  '--param=slackSecret=secretsmanager:evenkeel/slack',
  '--param=slackChannel=C0123456789',
  '--param=slackSigningSecret=secretsmanager:evenkeel/signing',
  '--param=teamsSecret=secretsmanager:evenkeel/teams',
  '--param=pagerDutySecret=secretsmanager:evenkeel/pagerduty',
  '--param=configRules=true',
  '--param=securityHub=true',
  '--param=outcomeEvents=true',
  '--param=emails=a@example.com,b@example.com',
];

const temporary = temporaryFolder();
let folder: string;
let resources: Resources;
let size: number;
beforeAll(async () => {
  const made = await packaged({
    policy: 'defaults: { mode: remediate }\nslack: { approvers: [U0123456789] }\n',
    flags,
    standIns: COUNT,
  });
  folder = made.folder;
  resources = made.template.Resources;
  size = JSON.stringify(made.template).length;
}, PATIENCE);

/** Text as it is in an account whose names are as long as they get. */
const filledIn = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member;
    const { 'Fn::Sub': text, 'Fn::GetAtt': attribute, Ref: id } = member as Readonly<Record<string, unknown>>;
    const longest = `arn:aws:dynamodb:ap-southeast-1:123456789012:table/evenkeel-${STAGE}-LedgerTable-1ABCDEFGHIJKL`;
    if (typeof text === 'string')
      return text
        .replaceAll(/\$\{\w+\.Arn\}/g, longest)
        .replaceAll('${AWS::Partition}', 'aws')
        .replaceAll('${AWS::Region}', 'ap-southeast-1')
        .replaceAll('${AWS::AccountId}', '123456789012')
        .replaceAll('${AWS::URLSuffix}', 'amazonaws.com');
    if (id === 'AWS::AccountId') return '123456789012';
    return attribute === undefined && id === undefined ? member : longest;
  });

const region = (): { readonly Resources: Resources } => JSON.parse(resources.Forwarding?.Properties.TemplateBody);

test('every domain, Slack with its buttons, Teams, PagerDuty, the rules of AWS Config and what sends outcomes on are in, and every control', () => {
  const functions = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties.FunctionName);
  const names = [...DOMAINS, 'watch', 'slack', 'slack-actions', 'teams', 'pagerduty', 'config-rules', 'outcomes'];
  expect(functions.sort()).toEqual(names.map((name) => `evenkeel-${STAGE}-${name}`).sort());
  const packs = ofType(resources, 'AWS::Config::ConformancePack').map(
    ([, { Properties }]) => Properties.TemplateBody['Fn::Sub'],
  );
  const ruled = own.filter(({ resource }) => KNOWN_TO_CONFIG.includes(resource.type)).length;
  expect(packs.join('').match(/Type: AWS::Config::ConfigRule/g)).toHaveLength(ruled + COUNT);
});

test('the stack has less than 250 resources, and CloudFormation takes its template', async () => {
  expect(Object.keys(resources).length).toBeLessThan(250);
  expect(size).toBeLessThan(1_000_000);
  const file = join(folder, 'cloudformation-template-update-stack.json');
  const elsewhere = join(temporary, 'region.json');
  writeFileSync(elsewhere, resources.Forwarding?.Properties.TemplateBody);
  // Of the services that stand in, the linter knows no actions.
  const flags = ['--regions', 'eu-west-1', '--ignore-checks', 'W3037'];
  expect(await lintTemplates([file, elsewhere], flags)).toEqual({ status: 0, stdout: '', stderr: '' });
});

describe('each role', () => {
  test('holds what IAM takes inline, and no more managed policies of no more characters than it attaches', () => {
    for (const [id, { Properties }] of ofType(resources, 'AWS::IAM::Role')) {
      const attached: readonly unknown[] = Properties.ManagedPolicyArns ?? [];
      const [inline, ...managed] = policiesOf(resources, id).map((policy) => filledIn(policy).length);
      expect({ id, fits: (inline ?? 0) < 10_240 }).toEqual({ id, fits: true });
      expect({ id, managed: managed.filter((length) => length >= 6_144) }).toEqual({ id, managed: [] });
      expect(attached.length).toBeLessThanOrEqual(10);
      expect(managed).toHaveLength(attached.length);
    }
    // The fullest one is an example of a role that does not hold all by itself.
    expect(policiesOf(resources, 'InfrastructureRole').length).toBeGreaterThan(1);
  });

  test('may do all that its controls declare', () => {
    const actions = policiesOf(resources, 'InfrastructureRole')
      .flatMap(({ Statement }) => Statement)
      .flatMap(({ Action }) => Action);
    const writes = actions.filter((action) => /:(Create|Modify|Remove|Attach|Reopen)ThingOfKind/.test(action));
    expect(new Set(writes).size).toBe((COUNT / 4) * 5);
  });
});

describe('each bus', () => {
  const patterns = (from: Resources) =>
    ofType(from, 'AWS::Events::Rule').flatMap(([, { Properties }]) => Properties.EventPattern ?? []);

  test('has rules with patterns that EventBridge takes', () => {
    for (const pattern of [...patterns(resources), ...patterns(region().Resources)])
      expect(filledIn(pattern).length).toBeLessThan(2_048);
  });

  test('has less than 300 rules', () => {
    const rules = ofType(resources, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
    const own = rules.filter(({ EventBusName }) => EventBusName !== undefined);
    for (const there of [own, rules.filter((rule) => !own.includes(rule)), patterns(region().Resources)])
      expect(there.length).toBeLessThan(300);
  });

  test('hears of every event that a control names, and of every type', () => {
    for (const heard of [JSON.stringify(patterns(region().Resources)), JSON.stringify(patterns(resources))])
      for (const word of ['CreateThingOfKind', 'ModifyThingOfKind', 'RemoveThingOfKind'])
        expect(new Set(heard.match(new RegExp(`${word}\\d{3}`, 'g'))).size).toBe(COUNT);
  });
});

test('the template of the other regions and those of the conformance packs are as long as they may be given as text', () => {
  expect(Buffer.byteLength(resources.Forwarding?.Properties.TemplateBody)).toBeLessThan(51_200);
  for (const [, { Properties }] of ofType(resources, 'AWS::Config::ConformancePack'))
    expect(filledIn(Properties.TemplateBody).length).toBeLessThan(51_200);
});
