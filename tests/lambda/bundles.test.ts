import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeLocalWorld } from '../../scripts/sandbox/local-deployment.ts';
import { DOMAINS } from '../../shared/service.ts';
import { bundle, bundleOf, invoke, loadedOf } from '../support/bundles.ts';
import { contentOf } from '../support/domains.ts';
import { packageOf, restrictedAmong } from '../support/licenses.ts';
import { sampleEvent } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';
import { generate } from '../support/serverless.ts';
import { addStandIns } from '../support/stand-ins.ts';
import { copyOfTree } from '../support/tree.ts';

const account = await testAccount();
const { table } = await makeLocalWorld(account.aws());
/** With services in every domain beside those that there are; one of them has a client that no other has. */
const tree = copyOfTree();
const CLIENT = 'eventbridge';
const namesIn = (inputs: readonly string[], pattern: RegExp) =>
  [...new Set(inputs.flatMap((path) => pattern.exec(path)?.[1] ?? []))].sort();
const clientsIn = (inputs: readonly string[]) => namesIn(inputs, /@aws-sdk\/client-([^/]+)/);
const servicesIn = (inputs: readonly string[]) => namesIn(inputs, /^shared\/controls\/([^/]+)\//);

beforeAll(async () => {
  addStandIns(tree, 60);
  writeFileSync(
    `${tree}shared/resources/infrastructure0/client.ts`,
    `export { EventBridgeClient } from '@aws-sdk/client-${CLIENT}';\n`,
  );
  const control = `${tree}shared/controls/infrastructure0/infrastructure0-thing-of-kind-000-switched-on.ts`;
  const source = readFileSync(control, 'utf8');
  writeFileSync(
    control,
    `import { EventBridgeClient } from '../../resources/infrastructure0/client.ts';\n${source.replace(
      'plan: () => [],',
      'plan: () => { throw new Error(EventBridgeClient.name); },',
    )}`,
  );
  expect(await generate(tree)).toMatchObject({ status: 0 });
  expect(await bundle(tree)).toEqual({ status: 0, stdout: '', stderr: '' });
}, 240_000);

test.each([...DOMAINS, 'config-rules', 'outcomes', 'slack', 'slack-actions', 'teams', 'pagerduty', 'watch'])(
  'the bundle of %s holds no package under AGPL',
  (name) => {
    const bundled = bundleOf(tree, name)
      .inputs.map(packageOf)
      .filter((path) => path !== null);
    expect(bundled.length).toBeGreaterThan(10);
    expect(restrictedAmong([...new Set(bundled)])).toEqual([]);
  },
);

describe('an event', () => {
  const loadedBy = async (name: string, event: unknown) => {
    const { loaded, error } = await invoke(tree, name, event, { ...account.env, EVENKEEL_TABLE: table });
    expect(error).toBeUndefined();
    return loadedOf(tree, name, loaded);
  };
  /** What every function needs: the ledger, the topic and its queue. */
  const OWN_CLIENTS = ['dynamodb', 'sns', 'sqs'];

  test("loads its own service's controls and clients, and no other's of the domain", async () => {
    const whole = bundleOf(tree, 'infrastructure');
    expect(clientsIn(whole.inputs)).toEqual(
      [
        'auto-scaling',
        'backup',
        'cloudwatch',
        'cloudwatch-logs',
        'dynamodb',
        'ec2',
        'elastic-load-balancing-v2',
        'iam',
        'lambda',
        CLIENT,
        'shield',
        'sns',
        'sqs',
        'ssm',
        'wafv2',
      ].sort(),
    );
    expect(servicesIn(whole.inputs).length).toBeGreaterThan(5);
    const { inputs, bytes } = await loadedBy('infrastructure', sampleEvent('ec2/StartInstances'));
    // The clients of metrics, Auto Scaling and Lambda are loaded where a plan asks for them, that of AWS Backup by a facet.
    expect(clientsIn(inputs)).toEqual([...OWN_CLIENTS, 'cloudwatch-logs', 'ec2', 'iam'].sort());
    expect(servicesIn(inputs)).toEqual(['ec2']);
    expect(bytes).toBeLessThan(1_600_000);
    expect(bytes).toBeLessThan(whole.bytes);
  });

  test.each([
    // What AWS Config knows of a trail is asked where it was deleted; alarms on what trails record are made by two services.
    ['monitoring', 'cloudtrail', 'StartLogging', ['cloudtrail', 'cloudwatch', 'cloudwatch-logs']],
    ['monitoring', 'config', 'StopConfigurationRecorder', ['config-service']],
    // In which subnets a group could launch, and which trails deliver into a bucket, few events lead to.
    ['infrastructure', 'autoscaling', 'UpdateAutoScalingGroup', ['auto-scaling']],
    ['data', 's3', 'PutBucketLogging', ['s3', 's3-control']],
    ['databases', 'redshift', 'ModifyCluster', ['redshift', 's3']],
  ])('in %s, of %s %s, loads nothing of other services', async (name, service, sample, clients) => {
    const { inputs } = await loadedBy(name, sampleEvent(`${service}/${sample}`));
    expect(clientsIn(inputs)).toEqual([...OWN_CLIENTS, ...clients].sort());
    expect(servicesIn(inputs)).toEqual([service]);
  });

  test('that concerns none of its services loads none', async () => {
    const { inputs } = await loadedBy('infrastructure', sampleEvent('s3/CreateBucket'));
    expect(clientsIn(inputs)).toEqual(OWN_CLIENTS);
    expect(servicesIn(inputs)).toEqual([]);
  });
});

describe('a function', () => {
  test('of a domain holds the controls of its services and no others', () => {
    const { services, clients, strangers } = contentOf('data');
    const { inputs } = bundleOf(tree, 'data');
    expect(servicesIn(inputs)).toEqual([...services, 'data0', 'data1', 'data2', 'data3', 'data4'].sort());
    expect(clientsIn(inputs)).toEqual(expect.arrayContaining(clients));
    expect(clientsIn(inputs).filter((client) => strangers.includes(client))).toEqual([]);
  });

  test('that posts to Slack knows no control and no ledger', () => {
    const { inputs, bytes } = bundleOf(tree, 'slack');
    expect(namesIn(inputs, /^shared\/(controls|resources|ledger|policy)\//)).toEqual([]);
    // The table is asked for threads alone, where there is a bot.
    expect(clientsIn(inputs)).toEqual(['dynamodb', 'secrets-manager', 'sqs', 'ssm']);
    expect(bytes).toBeLessThan(1_500_000);
  });

  test.each(['teams', 'pagerduty'])(
    'that hands notifications on to %s knows no control, no ledger and no table',
    (name) => {
      const { inputs, bytes } = bundleOf(tree, name);
      expect(namesIn(inputs, /^shared\/(controls|resources|ledger|policy|engine)\//)).toEqual([]);
      expect(clientsIn(inputs)).toEqual(['secrets-manager', 'sqs', 'ssm']);
      expect(bytes).toBeLessThan(1_500_000);
    },
  );

  test('that hears what is pressed in Slack knows no control and decides nothing', () => {
    const { inputs, bytes } = bundleOf(tree, 'slack-actions');
    expect(namesIn(inputs, /^shared\/(controls|resources|ledger|engine\/(reconcile|undo))\//)).toEqual([]);
    expect(clientsIn(inputs)).toEqual(['dynamodb', 'secrets-manager', 'sqs', 'ssm']);
    expect(bytes).toBeLessThan(1_500_000);
  });

  test('that sends outcomes on knows no control and no ledger, and it alone the client of Security Hub and no control of it', () => {
    const { inputs, bytes } = bundleOf(tree, 'outcomes');
    expect(namesIn(inputs, /^shared\/(controls|resources|ledger|policy|engine)\//)).toEqual([]);
    expect(clientsIn(inputs)).toEqual(['eventbridge', 'securityhub', 'sqs']);
    expect(bytes).toBeLessThan(1_500_000);
    const others = [...DOMAINS, 'slack', 'slack-actions', 'watch'].filter((name) =>
      clientsIn(bundleOf(tree, name).inputs).includes('securityhub'),
    );
    expect(others).toEqual(['monitoring']);
  });

  test('that answers AWS Config has every control', () => {
    const services = servicesIn(bundleOf(tree, 'config-rules').inputs);
    expect(services).toEqual(expect.arrayContaining(['cloudtrail', 'config', 'ec2', 's3', 'data0', 'identity4']));
  });

  test('that watches knows no control, and nothing of the command', () => {
    const { inputs, bytes } = bundleOf(tree, 'watch');
    expect(namesIn(inputs, /^shared\/(controls|cli|policy\/load|policy\/schema)\b/)).toEqual([]);
    expect(namesIn(inputs, /node_modules\/(ajv|yaml|commander|picocolors)\//)).toEqual([]);
    expect(bytes).toBeLessThan(2_500_000);
  });
});
