import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContent } from '../../scripts/catalogue.ts';
import { byDomain } from '../../scripts/generate/content.ts';
import { functionKey } from '../../scripts/generate/statements.ts';
import { PYTHON } from '../../scripts/sandbox/moto.ts';
import type { AnyControl } from '../../shared/control.ts';
import type { Finished } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';
import {
  generate,
  ofType,
  PATIENCE,
  type Resources,
  serverless,
  statementsOf,
  templateIn,
} from '../support/serverless.ts';
import { copyOfTree } from '../support/tree.ts';

const content = await loadContent();
const domains = [...byDomain(content).keys()];
/** One for each domain, and the one of the schedules. */
const functions = [...domains, 'watch'];

/** As a new clone is, and one where a control may act. */
const [watching, acting] = [copyOfTree(), copyOfTree()];
writeFileSync(`${acting}policy.yml`, `defaults: { mode: detect }\ncontrols: { ${ADMIN_PORTS}: { mode: remediate } }\n`);

const packages: Record<'watching' | 'acting', Promise<Finished>> = {
  watching: serverless(watching, ['package']),
  acting: generate(acting).then(() => serverless(acting, ['package'])),
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

let resources: Resources;
let actingResources: Resources;
beforeAll(async () => {
  expect(await packages.watching).toMatchObject({ status: 0 });
  resources = templateIn(watching).Resources;
  expect(await packages.acting).toMatchObject({ status: 0 });
  actingResources = templateIn(acting).Resources;
}, PATIENCE);

describe('the package', () => {
  /** The files in an archive. */
  const filesIn = (archive: string) =>
    execFileSync(PYTHON, [
      '-c',
      'import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep="\\n")',
      archive,
    ])
      .toString()
      .trim()
      .split('\n');

  test('is made without a network and without credentials, one archive for each function', () => {
    const archives = readdirSync(`${watching}.serverless`).filter((name) => name.endsWith('.zip'));
    expect(archives.sort()).toEqual(functions.map((name) => `${functionKey(name)}.zip`).sort());
  });

  test.each(functions)('holds of %s its handler and its own chunks, and nothing of another function', (name) => {
    const files = filesIn(`${watching}.serverless/${functionKey(name)}.zip`);
    expect(files).toContain(`functions/${name}/handler.mjs`);
    const own = new RegExp(`^functions/${name}/(handler|chunks/[\\w.-]+)\\.mjs$`);
    expect(files.filter((file) => !own.test(file))).toEqual([]);
    // A service's controls are chunks: a function of a domain is never one file.
    if (name !== 'watch') expect(files.length).toBeGreaterThan(2);
  });

  const mistaken = copyOfTree();
  const POLICY = 'defaults: { mode: detct }\n';
  test.each<[string, string | null, readonly string[], string]>([
    [
      'policy.yml',
      POLICY,
      [],
      'policy.yml:1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate, recommended',
    ],
    [
      'a parameter',
      null,
      ['--param=emails=you'],
      'deployment.yml or --param: emails is "you"; allowed: e-mail addresses, with commas between them',
    ],
  ])('is not made where %s says what is not allowed: that is said once, and packaging ends', async (...of) => {
    const [, policy, flags, says] = of;
    if (policy !== null) writeFileSync(`${mistaken}policy.yml`, policy);
    const { status, stdout, stderr } = await serverless(mistaken, ['package', ...flags]);
    writeFileSync(`${mistaken}policy.yml`, readFileSync(`${watching}policy.yml`));
    expect({ status, times: (stdout + stderr).split(says).length - 1, stdout, stderr }).toMatchObject({
      status: 1,
      times: 1,
    });
  });
});

test('a control that policy.yml lets act brings its own permissions and no others', () => {
  const control = content.controls.find(({ id }) => id === ADMIN_PORTS) as AnyControl;
  const writes = domains.flatMap((domain) =>
    statementsOf(actingResources, domain).filter(({ Sid }) => Sid.startsWith('Remediate')),
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
  const withoutWrites = Object.entries(actingResources).filter(([name]) => name !== 'InfrastructureRole');
  for (const [name, resource] of withoutWrites.filter(([, { Type }]) => Type === 'AWS::IAM::Role'))
    expect(resource).toEqual(resources[name]);
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
