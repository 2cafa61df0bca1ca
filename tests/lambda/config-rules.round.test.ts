import { CloudTrailClient, CreateTrailCommand } from '@aws-sdk/client-cloudtrail';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVolumeCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadScenes } from '../../scenes/index.ts';
import { controls } from '../../shared/controls/index.ts';
import { isWrite } from '../support/aws-proxy.ts';
import { ADMIN_PORTS, openGroup } from '../support/drift.ts';
import { itemChange, ruleInvocationOf } from '../support/rule-events.ts';
import { BY_POLICY, DETECT, evaluationOf, rulesScene } from '../support/rules-scene.ts';
import { REGION } from '../support/samples.ts';
import { sceneAccount } from '../support/test-scene.ts';

const { account, accountId, config, wire, deployed, round, told } = await rulesScene();
/** Each refuses something of its own, or counts. */
const [half, silent, forbidden, counting] = await Promise.all([wire(), wire(), wire(), wire()]);
const ec2 = account.aws()(EC2Client);
const VOLUMES = 'ec2-ebs-volume-encrypted';

describe('a round', () => {
  const made: string[] = [];
  beforeAll(async () => {
    const volume = { AvailabilityZone: `${REGION}a`, Size: 1 };
    for (let n = 0; n < 205; n += 1) {
      const { VolumeId = '' } = await ec2.send(new CreateVolumeCommand({ ...volume, Encrypted: n % 2 === 0 }));
      made.push(VolumeId);
    }
  });

  test('tells of every resource, in batches that Config takes', async () => {
    expect(await deployed()(round(VOLUMES))).toEqual({ reported: 205 });
    const calls = config.take();
    expect(calls.map(({ Evaluations }) => Evaluations.length)).toEqual([100, 100, 5]);
    expect(new Set(calls.map(({ ResultToken }) => ResultToken))).toEqual(new Set(['token-of-the-round']));
    const evaluations = new Map(
      calls.flatMap(({ Evaluations }) => Evaluations).map((one) => [one.ComplianceResourceId, one.ComplianceType]),
    );
    expect([...evaluations.keys()].sort()).toEqual(made.toSorted());
    expect(evaluations.get(made[0] ?? '')).not.toBe('NON_COMPLIANT');
    expect(new Set(evaluations.values()).size).toBeGreaterThan(1);
  });

  test('sends what Config refuses again, and no more than that', async () => {
    const [first = '', second = ''] = made;
    config.refuse([first, second], 2);
    expect(await deployed()(round(VOLUMES))).toEqual({ reported: 205 });
    const sizes = config.take().map(({ Evaluations }) => Evaluations.length);
    expect(sizes.filter((size) => size < 5).reduce((sum, size) => sum + size, 0)).toBe(4);
    expect(sizes.filter((size) => size >= 5)).toEqual([100, 100, 5]);
  });

  test('names what Config goes on refusing, once all the rest is told', async () => {
    const [first = ''] = made;
    config.refuse([first], 99);
    await expect(deployed()(round(VOLUMES))).rejects.toThrow(
      new RegExp(`^${first}: AWS Config refused its evaluation$`),
    );
    const ids = new Set(told().map(({ ComplianceResourceId }) => ComplianceResourceId));
    expect(ids.size).toBe(205);
  });

  test('tells of what it may not read that it is not applicable, of all the rest as it is, and does not fail', async () => {
    const list = { PrefixListName: 'l', MaxEntries: 1, AddressFamily: 'IPv4', Entries: [{ Cidr: '0.0.0.0/0' }] };
    const { PrefixList } = await ec2.send(new CreateManagedPrefixListCommand(list));
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'hidden', Description: 'h' }));
    const PrefixListIds = [{ PrefixListId: PrefixList?.PrefixListId }];
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    const seen = await openGroup(account, 'seen');
    half.refuse('GetManagedPrefixListEntries');
    const invoke = deployed(DETECT, { AWS_ENDPOINT_URL: half.endpoint });
    await invoke(round(ADMIN_PORTS));
    const evaluations = told();
    expect(evaluations).toContainEqual(evaluationOf(seen, 'NON_COMPLIANT'));
    expect(evaluations.filter(({ ComplianceResourceId }) => ComplianceResourceId === GroupId)).toEqual([
      evaluationOf(
        GroupId,
        'NOT_APPLICABLE',
        expect.stringMatching(/^It could not be read: refused by AWS: Evenkeel's own role has no permission for /),
      ),
    ]);
  });

  const TRUST = 's3-bucket-tls-required';
  const buckets = ['one', 'two'].map((name) => `${name}-${accountId}`);
  /** The policies of these buckets are answered so. */
  const withPolicies = (names: readonly string[], status: number, Code: string) => {
    const change = () => `<Error><Code>${Code}</Code><Message>Access Denied</Message></Error>`;
    half.refuse('nothing');
    half.alter(names.map((name) => ({ call: `GET /${name}`, isWithheld: true, status, change })));
    return deployed(DETECT, { AWS_ENDPOINT_URL: half.endpoint });
  };
  beforeAll(async () => {
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    for (const Bucket of buckets)
      await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  });

  test('leaves out what could not be read, tells all the rest, and fails: a retry may read it', async () => {
    const [broken = '', whole = ''] = buckets;
    await expect(withPolicies([broken], 500, 'InternalError')(round(TRUST))).rejects.toThrow(
      new RegExp(`^${broken}: UnreadableError: [^;]*InternalError[^;]*$`),
    );
    const ids = told().map(({ ComplianceResourceId }) => ComplianceResourceId);
    expect(ids).toContain(whole);
    expect(ids).not.toContain(broken);
  });

  test('that may read nothing tells nothing and fails: a permission of our own is missing', async () => {
    await expect(withPolicies(buckets, 403, 'AccessDenied')(round(TRUST))).rejects.toThrow(
      /^(one|two)-\d+: UnreadableError: .*AccessDenied.*; (one|two)-\d+: UnreadableError: .*AccessDenied/,
    );
    expect(told()).toEqual([]);
  });

  test('that a policy does not let list tells nothing, and does not fail', async () => {
    forbidden.alter([{ call: 'ec2:DescribeVolumes', isWithheld: true, status: 403, change: () => BY_POLICY }]);
    expect(await deployed(DETECT, { AWS_ENDPOINT_URL: forbidden.endpoint })(round(VOLUMES))).toEqual({ reported: 0 });
    expect(told()).toEqual([]);
  });

  test('that cannot list fails', async () => {
    silent.refuse('DescribeVolumes');
    await expect(deployed(DETECT, { AWS_ENDPOINT_URL: silent.endpoint })(round(VOLUMES))).rejects.toThrow(
      /^could not list AWS::EC2::Volume: /,
    );
    expect(config.take()).toEqual([]);
  });

  test('of a trail names it as Config does, and as its item does', async () => {
    await account
      .aws()(S3Client)
      .send(
        new CreateBucketCommand({
          Bucket: `trail-${accountId}`,
          CreateBucketConfiguration: { LocationConstraint: REGION },
        }),
      );
    const trail = { Name: 'audit', S3BucketName: `trail-${accountId}` };
    await account.aws()(CloudTrailClient).send(new CreateTrailCommand(trail));
    const LOGGING = 'cloudtrail-trail-logging-enabled';
    const invoke = deployed();
    await invoke(round(LOGGING));
    const change = itemChange(accountId, 'AWS::CloudTrail::Trail', 'audit');
    await invoke(ruleInvocationOf(accountId, LOGGING, change));
    const [first, second, ...others] = told();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ ComplianceResourceId: 'audit', ComplianceType: 'NON_COMPLIANT' });
    expect(second).toEqual(first);
  });
});

/** A scene for each resource type, which prepares at least one resource of it: every control has something to tell of. */
async function oneOfEachType() {
  const scenes = await loadScenes();
  const byType = Map.groupBy(controls, ({ resource }) => resource);
  return [...byType.values()].flatMap(([first]) => scenes.filter(({ id }) => id === first?.id));
}

test('a rule of any control answers, writes nothing but that, and can be tried out', async () => {
  const env = { AWS_ENDPOINT_URL: counting.endpoint, AWS_ENDPOINT_URL_CONFIG_SERVICE: counting.endpoint };
  const invoke = deployed(DETECT, env);
  const stage = sceneAccount(account);
  for (const { proof } of await oneOfEachType()) await proof.prepare(stage);
  const told: string[] = [];
  for (const { id } of controls) {
    counting.take();
    // The local account takes evaluations only with TestMode on.
    const { reported } = await invoke(round(id, { resultToken: 'TESTMODE' }));
    const writes = counting.take().filter(isWrite);
    expect(writes).toEqual(Array(Math.ceil(reported / 100)).fill('config:PutEvaluations'));
    if (reported > 0) told.push(id);
  }
  expect(controls.map(({ id }) => id).filter((id) => !told.includes(id))).toEqual([]);
});
