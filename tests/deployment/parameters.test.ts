import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';
import { PYTHON } from '../../scripts/sandbox/moto.ts';
import { type Deploying, fromDeployment } from '../support/deployment-files.ts';

interface Deployed {
  readonly [parameter: string]: unknown;
  readonly regions: string;
  readonly stackInstances: readonly { readonly Regions: readonly string[] }[];
  readonly subscriptions: {
    readonly Resources: Readonly<Record<string, { readonly Properties: { readonly Endpoint: string } }>>;
  };
}
const deployment = (deploying?: Deploying) => fromDeployment<Deployed>('deployment.cjs', deploying);
/** What is not allowed ends the framework: here it is caught before. */
const refused = (deploying: Deploying) => fromDeployment('parameters.cjs', deploying);
const withDefault = (name: string, value: unknown): Deploying => ({ file: { prod: { [name]: value } } });

describe('a parameter that is not allowed is refused, with what is', () => {
  test.each<[string, readonly unknown[], string]>([
    [
      'regions',
      [
        ...['', null, 'every', 'eu-middle-1', 'us-east-1;eu-west-1', ['all'], [1], 'cn-north-1', 'us-gov-west-1'],
        // Known to the SDK's rules, and no region.
        ...['eu-wst-1', 'EU-CENTRAL-1', 'aws-global', 'eusc-de-east-1'],
        // The home region stays, and an exception names a region.
        ...['all except', 'all except eu-west-1', 'all except us-est-1', 'except us-east-1', 'all, eu-west-3'],
      ],
      'all, [] for none, or regions',
    ],
    ['emails', ['you', 'you@example', 'a@b.c;d@e.f', ['you@example.com '], [null], true], 'e-mail addresses'],
    ...['slackSecret', 'slackSigningSecret', 'teamsSecret', 'pagerDutySecret'].map(
      (name): [string, readonly unknown[], string] => [
        name,
        [
          'https://hooks.slack.com/services/T/B/x',
          'evenkeel/slack',
          'ssm:',
          'vault:evenkeel',
          'secretsmanager:*',
          'ssm:/evenkeel/??',
          'ssm:a b',
          'secretsmanager:${x}',
          'secretsmanager:arn:aws:secretsmanager:us-east-1:111122223333:secret:elsewhere-AbCdEf',
          'ssm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:of-the-other-store-AbCdEf',
        ],
        'secretsmanager:<name>, ssm:<name>',
      ],
    ),
    [
      'slackChannel',
      ['#alerts', 'alerts', 'U0123456789', 'C01', 'c0123456789', ['C0123456789', 'C2']],
      "the channel's id",
    ],
    ...['sweep', 'daily'].map((name): [string, readonly unknown[], string] => [
      name,
      [
        'daily',
        '',
        'rate(1 days)',
        'rate(2 day)',
        'rate(0 days)',
        'rate(1 week)',
        'cron(0 3 * * *)',
        'cron(0 3 * * * *)',
        'cron(0 3 ? * ? * *)',
        'at(2026-11-22T00:00:00)',
      ],
      name === 'sweep' ? 'rate(1 day)' : 'cron(5 0 * * ? *)',
    ]),
    [
      'heartbeat',
      ['rate(31 minutes)', 'rate(1 hour)', 'rate(1 minutes)', 'rate(0 minutes)', 'cron(0/15 * * * ? *)', 15, ''],
      'rate(15 minutes)',
    ],
    ['concurrency', [1, 1001, 0, -5, 2.5, 'many', true, ''], 'a whole number from 2 to 1000'],
    ['logRetention', [0, 2, 366, 'forever', ''], 'a number of days that CloudWatch knows'],
    ['configRules', ['yes', 1, 'no', ''], 'true or false'],
    ['securityHub', ['yes', 1, 'on'], 'true or false'],
    ['outcomeEvents', ['yes', 1, 'on'], 'true or false'],
  ])('%s', async (name, values, allowed) => {
    for (const value of values) {
      const given = JSON.stringify(value ?? '');
      const refusal = await refused(withDefault(name, value)).catch((error: unknown) => error);
      expect({ value, refusal }).toEqual({ value, refusal: expect.any(Error) });
      expect((refusal as Error).message).toContain(
        `deployment.yml or --param: ${name} is ${given}; allowed: ${allowed}`,
      );
    }
  });

  test.each<[string, Deploying]>([
    ['by default', { file: { default: { email: 'you@example.com' } } }],
    ['for the stage', { file: { prod: { email: ['you@example.com'] } } }],
    ['by a flag', { flags: ['email=you@example.com'] }],
  ])('a name that is no parameter, %s', async (_, deploying) => {
    await expect(refused(deploying)).rejects.toThrow(
      /^deployment.yml or --param: email is no parameter \(did you mean emails\?\); known: regions, emails, .*configRules$/,
    );
  });

  test.each(['', '-prod', 'prod-', 'a'.repeat(21), 'prod_2', 'prod.2', 'pröd'])('the stage "%s"', async (stage) => {
    await expect(refused({ stage })).rejects.toThrow(
      `--stage: the stage is "${stage}"; allowed: 1 to 20 letters, digits and hyphens within`,
    );
  });

  test.each(['eu-middle-1', 'eu-west-1a', 'europe'])('the home region %s', async (home) => {
    await expect(refused({ home })).rejects.toThrow(
      `--region: the home region is "${home}"; allowed: a region such as eu-west-1`,
    );
  });
});

describe('what is allowed', () => {
  test.each<[string, readonly unknown[]]>([
    ['pagerDutySecret', ['', 'ssm:/evenkeel/pagerduty']],
    ['teamsSecret', ['', 'secretsmanager:evenkeel/teams']],
    ['slackSecret', ['', 'ssm:/evenkeel/slack', 'secretsmanager:evenkeel/slack+x=1@y.z']],
    [
      'slackSecret',
      [
        'secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:evenkeel/slack-AbCdEf',
        'ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/evenkeel/slack',
      ],
    ],
    ['sweep', ['rate(1 day)', 'rate(12 hours)', 'cron(0 3 * * ? *)', 'cron(0 3 ? * MON-FRI *)']],
    ['heartbeat', ['rate(1 minute)', 'rate(2 minutes)', 'rate(30 minutes)']],
    ['concurrency', [2, 1000]],
    ['logRetention', [1, 731]],
    ['configRules', [true, false]],
    ['securityHub', [true, false]],
    ['outcomeEvents', [true, false]],
  ])('%s: %p', async (name, values) => {
    for (const value of values) expect((await deployment(withDefault(name, value)))[name]).toBe(value);
  });

  test('what stands for the stage wins over the default, a flag over both, and text is read as what it says', async () => {
    const file = { prod: { concurrency: 20, logRetention: 30 }, dev: { concurrency: 30 } };
    const flags = ['logRetention=90', 'configRules=true', 'slackSecret=ssm:/a=b'];
    const { concurrency, logRetention, configRules, slackSecret } = await deployment({ file, flags });
    expect({ concurrency, logRetention, configRules, slackSecret }).toEqual({
      concurrency: 20,
      logRetention: 90,
      configRules: true,
      slackSecret: 'ssm:/a=b',
    });
    expect((await deployment({ file, stage: 'dev' })).concurrency).toBe(30);
    await expect(deployment({ file: { prod: null }, stage: 'a'.repeat(20) })).resolves.toBeDefined();
  });
});

test.each([
  ['nothing', {}, []],
  ['Security Hub', { securityHub: true }, ['outcomes', 'security-hub']],
  ['events', { outcomeEvents: true }, ['outcomes', 'outcome-events']],
])('outcomes go on where a deployment asks for it: for %s', async (_, asked, expected) => {
  // A deployment.yml of before does not know the parameters.
  const file = { prod: { securityHub: '', outcomeEvents: '', ...asked } };
  expect((await deployment({ file })).optional).toEqual(expected);
});

describe('the regions', () => {
  const regionsFor = async (home: string, regions: unknown) => {
    const deployed = await deployment({ home, ...withDefault('regions', regions) });
    const laid = deployed.stackInstances.flatMap(({ Regions }) => Regions);
    expect(deployed.regions.split(',')).toEqual([home, ...laid]);
    return laid;
  };

  test('are home, that of the global services, and those that are named, each once', async () => {
    expect(await regionsFor('eu-west-1', [])).toEqual(['us-east-1']);
    expect(await regionsFor('us-east-1', [])).toEqual([]);
    expect(await regionsFor('eu-west-1', 'eu-west-1, eu-north-1,us-east-1, eu-north-1')).toEqual([
      'us-east-1',
      'eu-north-1',
    ]);
    expect(await regionsFor('af-south-1', ['mx-central-1'])).toEqual(['us-east-1', 'mx-central-1']);
    expect(await regionsFor('cn-northwest-1', [])).toEqual(['cn-north-1']);
    expect(await regionsFor('us-gov-east-1', 'all')).toEqual(['us-gov-west-1']);
    expect(await regionsFor('eu-west-1', 'all')).toHaveLength(16);
    expect(await regionsFor('eusc-de-east-1', 'all')).toEqual([]);
    expect(await regionsFor('us-iso-west-1', [])).toEqual(['us-iso-east-1']);
  });

  test('are left out in words, the region of global services too', async () => {
    const all = await regionsFor('eu-west-1', 'all');
    expect(await regionsFor('eu-west-1', 'all except us-east-1')).toEqual(all.filter((one) => one !== 'us-east-1'));
    expect(await regionsFor('eu-west-1', 'all except us-east-1,ap-south-1')).toHaveLength(14);
    expect(await regionsFor('eu-west-1', 'eu-north-1, eu-west-3 except us-east-1')).toEqual([
      'eu-north-1',
      'eu-west-3',
    ]);
    expect(await regionsFor('eu-west-1', ['eu-north-1', 'eu-west-3 except us-east-1'])).toEqual([
      'eu-north-1',
      'eu-west-3',
    ]);
  });

  let known: readonly string[];
  beforeAll(() => {
    const ask = `
import boto3
for partition in ('aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'):
    print(*boto3.session.Session().get_available_regions('ec2', partition))`;
    known = execFileSync(PYTHON, ['-c', ask], { encoding: 'utf8' }).split(/\s+/).filter(Boolean);
  });

  test('that AWS has are all known', () => {
    const { isRegion } = createRequire(import.meta.url)(`${ROOT}resources/regions.cjs`);
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter((region) => !isRegion(region))).toEqual([]);
  });
});

describe('the e-mail addresses', () => {
  const subscribed = async (emails: unknown) =>
    Object.entries((await deployment(withDefault('emails', emails))).subscriptions.Resources).map(
      ([id, { Properties }]) => [id, Properties.Endpoint] as const,
    );

  test('are subscribed once each, however they are written', async () => {
    const endpoints = (await subscribed('a@example.com, b@example.com,A@Example.com,')).map(([, endpoint]) => endpoint);
    expect(endpoints.map((one) => one.toLowerCase())).toEqual(['a@example.com', 'b@example.com']);
    expect(await subscribed([])).toEqual([]);
  });

  test('keep their subscriptions when others come and go', async () => {
    const all = new Map(await subscribed(['a@example.com', 'b@example.com', 'c@example.com']));
    expect(all.size).toBe(3);
    for (const [id, endpoint] of await subscribed(['c@example.com', 'd@example.com', 'B@example.com']))
      expect(all.get(id)).toBe(endpoint.startsWith('d') ? undefined : endpoint.toLowerCase());
  });
});
