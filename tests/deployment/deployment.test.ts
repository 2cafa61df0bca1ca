import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadCatalogue, ROOT } from '../../scripts/catalogue.ts';
import type { AnyControl } from '../../shared/control.ts';
import { type Finished, run } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { matches } from '../support/event-pattern.ts';
import { REGION, SAMPLE_ACCOUNT, sampleEvent, testAccount } from '../support/sandbox.ts';
import { copyOfTree } from '../support/tree.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}
interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has properties of its own, and the assertions say which
  readonly Properties: any;
}
type Resources = Readonly<Record<string, Resource>>;

const catalogue = await loadCatalogue();
const services = [...catalogue.keys()];
/** One for each service, and the one of the daily duties. */
const functions = [...services, 'watch'];

/** As a new clone is, one where a control may act, and one with a mistake in policy.yml. */
const [watching, acting, mistaken] = [copyOfTree(), copyOfTree(), copyOfTree()];
writeFileSync(`${acting}policy.yml`, `defaults: { mode: detect }\ncontrols: { ${ADMIN_PORTS}: { mode: remediate } }\n`);
writeFileSync(`${mistaken}policy.yml`, 'defaults: { mode: detct }\n');

const SERVERLESS = join(ROOT, 'node_modules/serverless/bin/serverless.js');
/** `npx serverless` in a tree; without `env` nobody is logged in and AWS cannot be reached. */
const serverless = (tree: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(process.execPath, [SERVERLESS, ...args], {
    cwd: tree,
    env: {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_EC2_METADATA_DISABLED: 'true',
      SLS_AWS_MONITORING_FREQUENCY: '300',
      ...env,
    },
  });

const templateOf = (tree: string) =>
  JSON.parse(readFileSync(`${tree}.serverless/cloudformation-template-update-stack.json`, 'utf8')) as {
    readonly Resources: Resources;
  };

const packages: Record<'watching' | 'acting' | 'mistaken', Promise<Finished>> = {
  watching: serverless(watching, ['package']),
  acting: run(process.execPath, ['scripts/generate.ts'], { cwd: acting }).then(() => serverless(acting, ['package'])),
  mistaken: serverless(mistaken, ['package']),
};

const { env } = await testAccount();

/** What CloudFormation says of the stack, as it says it. */
async function ask(Action: string): Promise<string> {
  const scope = `${env.AWS_ACCESS_KEY_ID}/20260101/${REGION}/cloudformation/aws4_request`;
  const answer = await fetch(env.AWS_ENDPOINT_URL ?? '', {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Action, StackName: 'evenkeel-prod', Version: '2010-05-15' }),
  });
  return answer.text();
}

/** Runs a command of the framework on the local account, and looks at the stack. */
async function onAccount(tree: string, ...args: string[]) {
  const finished = await serverless(tree, args, env);
  const status = /<StackStatus>(\w+)<\/StackStatus>/.exec(await ask('DescribeStacks'))?.[1] ?? null;
  return { finished, status, resources: await ask('DescribeStackResources') };
}

/** Goes on while the packages are looked at. */
async function deploy() {
  await packages.watching;
  const made = await onAccount(watching, 'deploy', '--package', '.serverless');
  await packages.acting;
  const updated = await onAccount(acting, 'deploy', '--package', '.serverless');
  return { made, updated, removed: await onAccount(acting, 'remove') };
}
const deployments = deploy();

/** Milliseconds that packaging and deploying may take where others use the processor too. */
const PATIENCE = 240_000;

let resources: Resources;
let actingResources: Resources;
/** What stands in each other region. */
let region: { readonly Resources: Resources };
beforeAll(async () => {
  expect(await packages.watching).toMatchObject({ status: 0 });
  resources = templateOf(watching).Resources;
  expect(await packages.acting).toMatchObject({ status: 0 });
  actingResources = templateOf(acting).Resources;
  // What CloudFormation makes of the names in it.
  const named = JSON.stringify(parse(resources.Forwarding?.Properties.TemplateBody)).replaceAll(
    '{"Fn::Sub":"/${Prefix}-failed-events"}',
    '"/evenkeel-prod-failed-events"',
  );
  region = JSON.parse(named);
}, PATIENCE);

const ofType = (from: Resources, type: string) => Object.entries(from).filter(([, { Type }]) => Type === type);
const named = (service: string, what: string) => `${service[0]?.toUpperCase()}${service.slice(1)}${what}`;
const statementsOf = (from: Resources, service: string): readonly Statement[] =>
  from[named(service, 'Role')]?.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: readonly Statement[] } }) => PolicyDocument.Statement,
  );

describe('the package', () => {
  test('is made without a network and without credentials, one archive for each function', () => {
    const archives = readdirSync(`${watching}.serverless`).filter((name) => name.endsWith('.zip'));
    expect(archives.sort()).toEqual(functions.map((name) => `${name}.zip`).sort());
    for (const service of functions) {
      const archive = readFileSync(`${watching}.serverless/${service}.zip`);
      expect(archive.includes(`functions/${service}/handler.mjs`)).toBe(true);
      for (const other of functions) expect(archive.includes(`functions/${other}/`)).toBe(other === service);
    }
  });

  test('is not made where policy.yml says what is not allowed, and packaging ends', async () => {
    const { status, stdout, stderr } = await packages.mistaken;
    expect(status).toBe(1);
    const said = stdout + stderr;
    expect(said).toContain(
      'policy.yml:1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate',
    );
    expect(said.split('"detct"')).toHaveLength(2);
  });

  test('holds for CloudFormation what its linter knows, at home and in the other regions', async () => {
    const linter = join(ROOT, '.sandbox/venv/bin/cfn-lint');
    const elsewhere = `${watching}.serverless/region.yml`;
    writeFileSync(elsewhere, resources.Forwarding?.Properties.TemplateBody);
    for (const template of [`${watching}.serverless/cloudformation-template-update-stack.json`, elsewhere])
      expect(await run(linter, ['--regions', REGION, '--template', template])).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      });
  });
});

describe('each function', () => {
  test('there is one for each service, and one for the daily duties', () => {
    const handlers = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties.Handler);
    expect(handlers.sort()).toEqual(functions.map((name) => `functions/${name}/handler.handler`).sort());
  });

  test.each(functions)('%s has a role of its own that only Lambda takes on', (service) => {
    const { Role, Runtime, Environment } = resources[named(service, 'LambdaFunction')]?.Properties ?? {};
    expect({ Role, Runtime }).toEqual({
      Role: { 'Fn::Sub': `\${${named(service, 'Role')}.Arn}` },
      Runtime: 'nodejs24.x',
    });
    expect(Environment.Variables).toMatchObject({
      EVENKEEL_TABLE: { Ref: 'LedgerTable' },
      EVENKEEL_TOPIC_ARN: { Ref: 'NoticeTopic' },
    });
    const { AssumeRolePolicyDocument, ManagedPolicyArns } = resources[named(service, 'Role')]?.Properties ?? {};
    expect(ManagedPolicyArns).toBeUndefined();
    expect(AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    const roles = ofType(resources, 'AWS::IAM::Role').map(([name]) => name);
    expect(roles.filter((name) => !name.startsWith('Forward')).sort()).toEqual(
      functions.map((name) => named(name, 'Role')).sort(),
    );
  });

  test.each(functions)('%s reads from a queue of its own, and what fails goes to the dead-letter queue', (service) => {
    const queue = resources[named(service, 'Queue')]?.Properties;
    expect(queue).toMatchObject({
      KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
    });
    expect(queue.RedrivePolicy.maxReceiveCount).toBeGreaterThan(2);
    const { Timeout } = resources[named(service, 'LambdaFunction')]?.Properties ?? {};
    expect(queue.VisibilityTimeout).toBeGreaterThan(Timeout);
    expect(resources[named(service, 'Mapping')]?.Properties).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [named(service, 'Queue'), 'Arn'] },
      FunctionName: { Ref: named(service, 'LambdaFunction') },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(resources[named(service, 'BacklogAlarm')]?.Properties).toMatchObject({
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [named(service, 'Queue'), 'QueueName'] } }],
      AlarmActions: [{ Ref: 'NoticeTopic' }],
    });
  });

  test.each(services)('%s may do nothing by a wildcard, and without a mode that acts nothing but read', (service) => {
    const statements = statementsOf(resources, service);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(statements.map(({ Sid }) => Sid)).not.toContainEqual(expect.stringMatching(/^Remediate/));
    for (const { Sid, Action, Resource } of statements) {
      if (Sid.startsWith('Read'))
        expect(Action.filter((action) => !/^[a-z0-9]+:(Get|List|Describe)/.test(action))).toEqual([]);
      else expect(Resource).not.toBe('*');
    }
  });

  test('a control that policy.yml lets act brings its own permissions and no others', () => {
    const control = [...catalogue.values()].flat().find(({ id }) => id === ADMIN_PORTS) as AnyControl;
    const writes = services.flatMap((service) =>
      statementsOf(actingResources, service).filter(({ Sid }) => Sid.startsWith('Remediate')),
    );
    expect(writes).toEqual(
      [
        {
          Sid: 'Remediate1',
          Effect: 'Allow',
          Action: Object.keys(control.permissions),
          Resource: Object.values(control.permissions)
            .flat()
            .map((arn) => ({ 'Fn::Sub': arn }))
            .sort(),
        },
      ].map((statement) => ({ ...statement, Resource: expect.arrayContaining(statement.Resource) })),
    );
    const withoutWrites = Object.entries(actingResources).filter(([name]) => name !== 'Ec2Role');
    for (const [name, resource] of withoutWrites.filter(([, { Type }]) => Type === 'AWS::IAM::Role'))
      expect(resource).toEqual(resources[name]);
  });
});

describe('what wakes which function', () => {
  const samples = readdirSync(`${ROOT}events`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replaceAll('\\', '/').slice(0, -'.json'.length))
    .sort();

  /** The functions that an event wakes, each as often as it is woken: by the rules of the default bus, or of the bus where other regions' changes arrive. */
  const wokenBy = (event: unknown, bus: 'default' | 'forwarded' = 'default'): readonly string[] =>
    ofType(resources, 'AWS::Events::Rule')
      .filter(([, { Properties }]) => (Properties.EventBusName === undefined) === (bus === 'default'))
      .filter(([, { Properties }]) => Properties.EventPattern !== undefined && matches(Properties.EventPattern, event))
      .flatMap(([, { Properties }]) => Properties.Targets)
      .map(({ Arn }) => functions.find((name) => Arn['Fn::GetAtt'][0] === named(name, 'Queue')) ?? 'nobody');

  /** How often another region forwards an event. */
  const forwarded = (event: unknown): number =>
    ofType(region.Resources, 'AWS::Events::Rule').filter(([, { Properties }]) =>
      matches(Properties.EventPattern, event),
    ).length;

  const altered = (name: string, change: object) => {
    const event = sampleEvent(name);
    return { ...event, detail: { ...(event.detail as object), ...change } };
  };

  test.each(samples)('events/%s.json wakes its own function, once, at home and from another region', (name) => {
    const own = [name.split('/')[0]];
    expect(wokenBy(sampleEvent(name))).toEqual(own);
    expect(wokenBy(sampleEvent(name), 'forwarded')).toEqual(own);
    expect(forwarded(sampleEvent(name))).toBe(1);
  });

  test.each(samples)('nobody, where %s failed, only reads, or is of another service', (name) => {
    const nobody = (event: unknown) => expect([...wokenBy(event), ...wokenBy(event, 'forwarded')]).toEqual([]);
    for (const errorCode of ['Client.UnauthorizedOperation', '']) {
      nobody(altered(name, { errorCode }));
      expect(forwarded(altered(name, { errorCode }))).toBe(0);
    }
    const { detail } = sampleEvent(name) as { detail: { eventName: string } };
    const read = detail.eventName.replace(/^[A-Z][a-z]+/, 'Describe');
    for (const event of [
      altered(name, { eventName: read, readOnly: true }),
      altered(name, { eventSource: 'quantum.amazonaws.com' }),
      { ...sampleEvent(name), 'detail-type': 'AWS Console Sign In via CloudTrail' },
    ]) {
      nobody(event);
      expect(forwarded(event)).toBe(0);
    }
  });

  const types = new Set([...catalogue.values()].flat().map(({ resource }) => resource.type as string));
  test.each([...types].sort())('AWS Config on %s wakes the functions that judge it, once', (resourceType) => {
    const judges = services.filter((service) =>
      catalogue.get(service)?.some(({ resource }) => resource.type === resourceType),
    );
    const about = { resourceType, resourceId: 'x', awsAccountId: SAMPLE_ACCOUNT, awsRegion: REGION };
    const fromConfig = (kind: string, detail: object) => ({ source: 'aws.config', 'detail-type': kind, detail });
    for (const event of [
      fromConfig('Config Configuration Item Change', { configurationItem: about }),
      fromConfig('Config Configuration Item Change', { configurationItemSummary: about }),
      fromConfig('Config Rules Compliance Change', about),
    ]) {
      expect(wokenBy(event).toSorted()).toEqual(judges.toSorted());
      expect(wokenBy(event, 'forwarded').toSorted()).toEqual(judges.toSorted());
      expect(forwarded(event)).toBe(1);
    }
    const other = fromConfig('Config Rules Compliance Change', { ...about, resourceType: 'AWS::EC2::Fleet' });
    expect([...wokenBy(other), ...wokenBy(other, 'forwarded')]).toEqual([]);
    expect(forwarded(other)).toBe(0);
  });

  test('our own events wake the function of their service, and only at home', () => {
    for (const service of services)
      for (const detailType of ['Evenkeel Recheck', 'Evenkeel Sweep']) {
        const event = { source: 'evenkeel', 'detail-type': detailType, detail: { service } };
        expect(wokenBy(event)).toEqual([service]);
        expect(wokenBy(event, 'forwarded')).toEqual([]);
        expect(forwarded(event)).toBe(0);
      }
  });

  test('a heartbeat wakes the watch from every region, and another queue that is tagged nobody', () => {
    const tagged = (queue: string) => ({
      source: 'aws.sqs',
      'detail-type': 'AWS API Call via CloudTrail',
      detail: {
        eventSource: 'sqs.amazonaws.com',
        eventName: 'TagQueue',
        requestParameters: { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${SAMPLE_ACCOUNT}/${queue}` },
      },
    });
    const beat = tagged('evenkeel-prod-failed-events');
    expect(wokenBy(beat)).toEqual(['watch']);
    expect(wokenBy(beat, 'forwarded')).toEqual(['watch']);
    expect(forwarded(beat)).toBe(1);
    expect([...wokenBy(tagged('others')), ...wokenBy(tagged('others'), 'forwarded')]).toEqual([]);
  });

  test('no pattern is longer than EventBridge takes, and no rule loses what its queue does not take', () => {
    const rules = [...ofType(resources, 'AWS::Events::Rule'), ...ofType(region.Resources, 'AWS::Events::Rule')];
    for (const [, { Properties }] of rules) {
      expect(JSON.stringify(Properties.EventPattern ?? {}).length).toBeLessThan(2048);
      expect(Properties.Targets).toHaveLength(1);
      expect(Properties.Targets[0]).toMatchObject({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^(DeadLetterQueue|FailedEvents)$/), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400 },
      });
    }
  });
});

describe('deployed to the local account', () => {
  test(
    'it is made, updated with a function that may act, and removed',
    async () => {
      const { made, updated, removed } = await deployments;
      expect(made.finished).toMatchObject({ status: 0 });
      expect(made.status).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
      for (const [name] of ofType(resources, 'AWS::Lambda::Function')) expect(made.resources).toContain(`>${name}<`);
      for (const name of ['LedgerTable', 'NoticeTopic', 'DeadLetterQueue'])
        expect(made.resources).toContain(`>${name}<`);
      expect(updated).toMatchObject({ finished: { status: 0 }, status: 'UPDATE_COMPLETE' });
      expect(removed).toMatchObject({ finished: { status: 0 }, status: null });
    },
    PATIENCE,
  );
});
