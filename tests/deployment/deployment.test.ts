import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
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
beforeAll(async () => {
  expect(await packages.watching).toMatchObject({ status: 0 });
  resources = templateOf(watching).Resources;
  expect(await packages.acting).toMatchObject({ status: 0 });
  actingResources = templateOf(acting).Resources;
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

  test('holds for CloudFormation what its linter knows', async () => {
    const linter = join(ROOT, '.sandbox/venv/bin/cfn-lint');
    const template = `${watching}.serverless/cloudformation-template-update-stack.json`;
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
    expect(ofType(resources, 'AWS::IAM::Role')).toHaveLength(functions.length);
  });

  test.each(functions)('%s keeps its failed events', (service) => {
    expect(resources[named(service, 'LambdaEvConf')]?.Properties).toMatchObject({
      FunctionName: { Ref: named(service, 'LambdaFunction') },
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } } },
    });
    expect(statementsOf(resources, service)).toContainEqual(
      expect.objectContaining({ Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } }),
    );
  });

  test.each(services)('%s may do nothing by a wildcard, and without a mode that acts nothing but read', (service) => {
    const statements = statementsOf(resources, service);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
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

  /** The functions that an event wakes, each as often as it is woken. */
  const wokenBy = (event: unknown): readonly string[] =>
    ofType(resources, 'AWS::Events::Rule')
      .filter(([, { Properties }]) => Properties.EventPattern !== undefined && matches(Properties.EventPattern, event))
      .flatMap(([, { Properties }]) => Properties.Targets)
      .map(
        ({ Arn }) => services.find((service) => Arn['Fn::GetAtt'][0] === named(service, 'LambdaFunction')) ?? 'nobody',
      );

  const altered = (name: string, change: object) => {
    const event = sampleEvent(name);
    return { ...event, detail: { ...(event.detail as object), ...change } };
  };

  test.each(samples)('events/%s.json wakes its own function, once', (name) => {
    expect(wokenBy(sampleEvent(name))).toEqual([name.split('/')[0]]);
  });

  test.each(samples)('nobody, where %s failed, only reads, or is of another service', (name) => {
    expect(wokenBy(altered(name, { errorCode: 'Client.UnauthorizedOperation' }))).toEqual([]);
    expect(wokenBy(altered(name, { errorCode: '' }))).toEqual([]);
    const { detail } = sampleEvent(name) as { detail: { eventName: string } };
    const read = detail.eventName.replace(/^[A-Z][a-z]+/, 'Describe');
    expect(wokenBy(altered(name, { eventName: read, readOnly: true }))).toEqual([]);
    expect(wokenBy(altered(name, { eventSource: 'quantum.amazonaws.com' }))).toEqual([]);
    expect(wokenBy({ ...sampleEvent(name), 'detail-type': 'AWS Console Sign In via CloudTrail' })).toEqual([]);
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
    ])
      expect(wokenBy(event).toSorted()).toEqual(judges.toSorted());
    expect(
      wokenBy(fromConfig('Config Rules Compliance Change', { ...about, resourceType: 'AWS::EC2::Fleet' })),
    ).toEqual([]);
  });

  test('no pattern is longer than EventBridge takes, and each rule may call its function', () => {
    const rules = ofType(resources, 'AWS::Events::Rule');
    for (const [, { Properties }] of rules)
      expect(JSON.stringify(Properties.EventPattern ?? {}).length).toBeLessThan(2048);
    expect(ofType(resources, 'AWS::Lambda::Permission')).toHaveLength(rules.length);
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
