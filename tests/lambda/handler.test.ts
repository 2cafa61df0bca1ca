import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeLocalWorld, takeMail } from '../../scripts/sandbox/local-deployment.ts';
import { dynamoLedger } from '../../shared/ledger/dynamodb.ts';
import { isWrite, wireTo } from '../support/aws-proxy.ts';
import { bundle, bundleOf, type Invocation, invoke as invokeIn } from '../support/bundles.ts';
import { contentOf } from '../support/domains.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../support/drift.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';
import { copyOfTree } from '../support/tree.ts';

const account = await testAccount();
const wire = await wireTo(account.endpoint);
const { table, topicArn, inboxUrl } = await makeLocalWorld(account.aws());
const env = { ...account.env, AWS_ENDPOINT_URL: wire.endpoint, EVENKEEL_TABLE: table };
const refusing = await wireTo(account.endpoint);
/** As a new clone is, as one that may act, as one with a mistake, and as one that has lost its policy.yml. */
const [watching, acting, mistaken, bare] = [copyOfTree(), copyOfTree(), copyOfTree(), copyOfTree()];

/** A write to the account; what the ledger keeps is none. */
const isChange = (call: string) => isWrite(call) && !call.startsWith('dynamodb:');

interface Logged {
  readonly level: string;
  readonly message: string;
  readonly eventId: string | null;
  readonly function_request_id: string;
  readonly result: { readonly controlId: string | null; readonly outcome: string; readonly remediationId?: string };
}
/** The log lines that carry a result. */
const resultsOf = ({ logs }: Invocation) => logs.filter((line) => 'result' in line) as unknown as readonly Logged[];

const invoke = (tree: string, name: string, event: unknown, environment: Readonly<Record<string, string>>) =>
  invokeIn(tree, name, event, environment, account.accountId);

beforeAll(async () => {
  writeFileSync(
    `${acting}policy.yml`,
    'defaults: { mode: remediate }\ncontrols: { ec2-instance-ssm-managed: { mode: "off" }, ec2-instance-public-ip-prohibited: { mode: "off" } }\n',
  );
  rmSync(`${bare}policy.yml`);
  for (const finished of [
    await bundle(watching, 'infrastructure', 'data', 'monitoring'),
    await bundle(acting, 'infrastructure', 'data'),
    await bundle(bare, 'infrastructure'),
  ])
    expect(finished).toEqual({ status: 0, stdout: '', stderr: '' });
}, 120_000);

describe('a bundle', () => {
  test.each(['infrastructure', 'data', 'monitoring'] as const)(
    'of %s holds the controls and the clients of its own services, and nothing of the command',
    (name) => {
      const { services, clients, strangers } = contentOf(name);
      expect(services.length).toBeGreaterThan(0);
      const { inputs, bytes } = bundleOf(watching, name);
      const named = (pattern: RegExp) => [...new Set(inputs.flatMap((path) => pattern.exec(path)?.[1] ?? []))].sort();
      expect(named(/^shared\/controls\/([^/]+)\//)).toEqual(services);
      const held = named(/@aws-sdk\/client-([^/]+)/);
      expect(held).toEqual(expect.arrayContaining(clients));
      expect(held.filter((client) => strangers.includes(client))).toEqual([]);
      expect(named(/^shared\/(cli|policy\/load|policy\/schema)/)).toEqual([]);
      expect(named(/node_modules\/(ajv|yaml|commander|picocolors|cli-table3)\//)).toEqual([]);
      expect(bytes).toBeLessThan(2_500_000);
    },
  );

  test('of a policy.yml that says something else than is allowed is not made', async () => {
    writeFileSync(`${mistaken}policy.yml`, 'defaults: { mode: detct }\nlimit: {}\n');
    const { status, stderr } = await bundle(mistaken);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'policy.yml:1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate, recommended',
    );
    expect(stderr).toContain('policy.yml:2:1 the file: "limit" is not known; did you mean limits?');
    expect(existsSync(`${mistaken}bundles/functions`)).toBe(false);
  });
});

describe('one event', () => {
  let groupId: string;
  beforeAll(async () => {
    groupId = await openGroup(account, 'one');
  });
  const event = () => openedEvent(account, groupId, 'event-1');

  test.each([
    ['policy.yml says detect', watching],
    ['there is no policy.yml', bare],
  ])('is looked at and left alone where %s', async (_what, tree) => {
    wire.take();
    const invocation = await invoke(tree, 'infrastructure', event(), env);
    expect(invocation).toMatchObject({ value: { detected: 1, compliant: 2, notApplicable: 1 } });
    expect(wire.take().filter(isChange)).toEqual([]);
    expect(await ingressOf(account, [groupId])).toHaveLength(2);
  });

  test('is put right where it says remediate, recorded, told, logged and counted', async () => {
    const deployed = { ...env, EVENKEEL_TOPIC_ARN: topicArn };
    const invocation = await invoke(acting, 'infrastructure', event(), deployed);
    expect(invocation).toMatchObject({ value: { remediated: 1, compliant: 2, notApplicable: 1 } });
    expect(await ingressOf(account, [groupId])).toEqual([`${groupId} tcp 443 10.0.0.0/8`]);

    const results = resultsOf(invocation);
    expect(results).toHaveLength(4);
    for (const line of results)
      expect(line).toMatchObject({
        level: 'INFO',
        eventId: 'event-1',
        function_request_id: 'request-1',
      });
    const [remediated] = results.filter(({ result }) => result.controlId === ADMIN_PORTS);
    expect(remediated).toMatchObject({
      message: `${ADMIN_PORTS} ${groupId}: remediated`,
      result: { outcome: 'remediated', remediationId: expect.stringMatching(/^rem-/), mode: 'remediate' },
    });

    const { remediationId = '' } = remediated?.result ?? {};
    const record = await dynamoLedger(account.aws(), table).remediation(remediationId);
    expect(record).toMatchObject({ status: 'remediated', eventId: 'event-1', afterCompliance: 'COMPLIANT' });
    const mails = await takeMail(account.aws(), inboxUrl);
    expect(mails.map(({ text }) => text)).toEqual([expect.stringContaining(`npx evenkeel undo ${remediationId}`)]);

    const counts = invocation.metrics.map(({ _aws, service, ...metric }) => metric);
    const drifts = results.filter(({ result }) => result.outcome === 'remediated');
    for (const { result } of drifts) expect(counts).toContainEqual({ controlId: result.controlId, remediated: 1 });
    // What was well is counted together: a metric for each control costs.
    expect(counts).toContainEqual({ compliant: 1 });
    expect(counts).toContainEqual({ notApplicable: 1 });
    // How long it took since the call, of each remediation, and of all.
    const times = counts.filter((metric) => 'TimeToVerified' in metric);
    expect(times.map(({ controlId }) => controlId ?? 'all').sort()).toEqual(
      drifts.flatMap(({ result }) => [result.controlId, 'all']).sort(),
    );
    expect(counts).toHaveLength(4 + times.length);
    const calledAt = Date.parse((event() as { detail: { eventTime: string } }).detail.eventTime);
    for (const { TimeToVerified } of times) {
      expect(TimeToVerified).toBeLessThanOrEqual(Date.now() - calledAt);
      expect(TimeToVerified).toBeGreaterThan(Date.now() - calledAt - 60_000);
    }
    expect(invocation.metrics[0]?._aws).toMatchObject({
      CloudWatchMetrics: [{ Namespace: 'Evenkeel', Dimensions: [['service', 'controlId']] }],
    });
  });

  test('again is seen to be right, and ends there', async () => {
    wire.take();
    expect(await invoke(acting, 'infrastructure', event(), env)).toMatchObject({
      value: { compliant: 3, notApplicable: 1 },
    });
    expect(wire.take().filter(isChange)).toEqual([]);
  });

  test('that concerns no control of the function is no failure', async () => {
    const invocation = await invoke(acting, 'data', event(), env);
    expect(invocation).toMatchObject({ value: { notApplicable: 1 } });
    expect(resultsOf(invocation)).toMatchObject([{ eventId: 'event-1', result: { controlId: null } }]);
  });
});

describe('what fails', () => {
  test('fails the invocation once all else has been tried', async () => {
    const ec2 = account.aws()(EC2Client);
    const image = { ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: 3, MaxCount: 3 } as const;
    const MetadataOptions = { HttpEndpoint: 'enabled', HttpTokens: 'optional', HttpPutResponseHopLimit: 2 } as const;
    const { Instances = [] } = await ec2.send(new RunInstancesCommand({ ...image, MetadataOptions }));
    const [first = '', broken = '', last = ''] = Instances.map(({ InstanceId = '' }) => InstanceId);
    const event = sampleEvent('ec2/StartInstances', { [SAMPLE_ACCOUNT]: account.accountId });
    const items = [first, broken, last].map((instanceId) => ({ instanceId }));
    Object.assign(event.detail as object, { requestParameters: { instancesSet: { items } }, responseElements: null });

    refusing.refuse(broken);
    // The ledger is not refused.
    const refused = { AWS_ENDPOINT_URL: refusing.endpoint, AWS_ENDPOINT_URL_DYNAMODB: account.endpoint };
    const invocation = await invoke(acting, 'infrastructure', event, { ...env, ...refused });
    expect(invocation.error?.name).toBe('ReconcileFailedError');
    expect(invocation.error?.message).toMatch(
      new RegExp(`^${broken}: UnreadableError: [^;]*UnauthorizedOperation[^;]*$`),
    );
    expect(resultsOf(invocation).map(({ level, result }) => [level, result.outcome])).toEqual([
      ['INFO', 'remediated'],
      ['INFO', 'remediated'],
      ['ERROR', 'failed'],
    ]);
    expect(invocation.metrics.filter((line) => 'failed' in line)).toHaveLength(1);

    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [first, broken, last] }));
    const tokens = Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ InstanceId, MetadataOptions }) => [InstanceId, MetadataOptions?.HttpTokens]),
    );
    expect(Object.fromEntries(tokens)).toEqual({ [first]: 'required', [broken]: 'optional', [last]: 'required' });
  });

  test.each(['infrastructure', 'data'])('a function without its ledger does not start: %s', async (name) => {
    wire.take();
    for (const named of [{ ...env, EVENKEEL_TABLE: '' }, (({ EVENKEEL_TABLE: _, ...rest }) => rest)(env)])
      await expect(invoke(acting, name, sampleEvent('ec2/StartInstances'), named)).rejects.toThrow(
        'EVENKEEL_TABLE is not set: a function does not work without its ledger',
      );
    expect(wire.take()).toEqual([]);
  });

  test('an event that cannot be read, and a ledger that does not answer', async () => {
    const groupId = await openGroup(account, 'kept');
    const unreadable = await invoke(
      acting,
      'infrastructure',
      { Records: [{ nonsense: true }, openedEvent(account, groupId, 'e')] },
      env,
    );
    expect(unreadable.error?.message).toMatch(/^event: UnreadableEventError: /);
    expect(await ingressOf(account, [groupId])).toHaveLength(1);

    const other = await openGroup(account, 'other');
    const lost = { ...env, EVENKEEL_TABLE: 'absent' };
    const invocation = await invoke(acting, 'infrastructure', openedEvent(account, other, 'e'), lost);
    expect(invocation.error?.message).toContain('ResourceNotFoundException');
    expect(await ingressOf(account, [other])).toHaveLength(2);
  });
});
