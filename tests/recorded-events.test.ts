import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotAttributeCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand, GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { controls } from '../shared/controls/index.ts';
import { changesIn } from '../shared/engine/intake/parse-event.ts';
import { receive } from '../shared/engine/intake/reconcile-change.ts';
import { route } from '../shared/engine/intake/route.ts';
import { type Aws, orNull } from '../shared/resource.ts';
import type { Result } from '../shared/result.ts';
import { testEngine } from './support/engine.ts';
import { type TestAccount, testAccount } from './support/sandbox.ts';

/** Events that others recorded and published. They are read where they lie, and none is copied into the repository. */
const FOLDER = path.resolve(import.meta.dirname, '../../shared/real-events');
const recorded = existsSync(FOLDER) ? describe : describe.skip;
if (!existsSync(FOLDER)) test.skip('skipped: the folder of recorded events is not beside this clone', () => {});

// biome-ignore lint/suspicious/noExplicitAny: the tests read recorded JSON as a person would
type Json = any;
interface Line {
  readonly source: string;
  readonly text: string;
  readonly event: Json;
  /** The CloudTrail record, or the Config item or compliance change; null where the event names no resource. */
  readonly record: Json;
}

const FILES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl')) : [];
const linesOf = (file: string): Line[] =>
  readFileSync(path.join(FOLDER, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { _source, _kind, ...event } = JSON.parse(line);
      return {
        source: `${_source} ${_kind ?? ''}`.trim(),
        event,
        text: JSON.stringify(event),
        record: recordOf(event),
      };
    });

function recordOf(event: Json): Json {
  const inner = event.invokingEvent === undefined ? (event.detail ?? event) : JSON.parse(event.invokingEvent);
  if (inner.eventName !== undefined) return inner;
  return inner.configurationItem ?? inner.configurationItemSummary ?? (inner.resourceType ? inner : null);
}

const enveloped = (record: Json) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'AWS API Call via CloudTrail',
  source: `aws.${record.eventSource.split('.')[0]}`,
  account: record.recipientAccountId,
  time: record.eventTime,
  region: record.awsRegion,
  resources: [],
  detail: record,
});

// --- What a person reads out of them ----------------------------------------------------------------------------

const groupOf = (r: Json) => [['AWS::EC2::SecurityGroup', r.requestParameters.groupId]];
const instancesOf = (set: Json) => [...new Set<string>(set.items.map((item: Json) => item.instanceId))];
const trailOf = (name: string, { awsRegion: region, responseElements }: Json, account: string) => {
  const arn =
    responseElements?.trailARN ??
    (name.startsWith('arn:') ? name : `arn:aws:cloudtrail:${region}:${account}:trail/${name}`);
  return [
    ['AWS::::Account', account],
    ['AWS::CloudTrail::Trail', arn],
  ];
};

/** By event source and name: the resource types and ids that the fifteen controls should look at. All other events name nothing. */
const NAMED: Record<string, (record: Json, account: string) => string[][]> = {
  'ec2 AuthorizeSecurityGroupIngress': groupOf,
  'ec2 AuthorizeSecurityGroupEgress': groupOf,
  'ec2 RevokeSecurityGroupIngress': groupOf,
  'ec2 RevokeSecurityGroupEgress': groupOf,
  'ec2 CreateSecurityGroup': (r) => [['AWS::EC2::SecurityGroup', r.responseElements.groupId]],
  'ec2 ModifySecurityGroupRules': (r) => [
    ['AWS::EC2::SecurityGroup', r.requestParameters.ModifySecurityGroupRulesRequest.GroupId],
  ],
  'ec2 RunInstances': (r) => instancesOf(r.responseElements.instancesSet).map((id) => ['AWS::EC2::Instance', id]),
  'ec2 StartInstances': (r) => instancesOf(r.requestParameters.instancesSet).map((id) => ['AWS::EC2::Instance', id]),
  'ec2 ModifySnapshotAttribute': (r) => [['AWS::EC2::Snapshot', r.requestParameters.snapshotId]],
  'ec2 DeleteSnapshot': (r) => [['AWS::EC2::Snapshot', r.requestParameters.snapshotId]],
  'cloudtrail StopLogging': (r, account) => trailOf(r.requestParameters.name, r, account),
  'cloudtrail DeleteTrail': (r, account) => trailOf(r.requestParameters.name, r, account),
  'cloudtrail UpdateTrail': (r, account) => trailOf(r.requestParameters.name, r, account),
  'cloudtrail PutEventSelectors': (r, account) => trailOf(r.requestParameters.trailName, r, account),
  's3 CreateBucket': (r) => [['AWS::S3::Bucket', r.requestParameters.bucketName]],
};
const CONFIG_TYPES = ['AWS::EC2::Instance', 'AWS::EC2::SecurityGroup', 'AWS::S3::Bucket'];

/** `type id account region` of each resource that the event names. */
function expectedOf({ event, record }: Line): string[] {
  if (record === null) return [];
  const account = record.recipientAccountId ?? event.account ?? record.awsAccountId ?? record.userIdentity?.accountId;
  const where = `${account ?? FALLBACK.accountId} ${record.awsRegion}`;
  if (record.resourceType !== undefined && record.eventName === undefined)
    return CONFIG_TYPES.includes(record.resourceType)
      ? [`${record.resourceType} ${record.resourceId} ${record.awsAccountId} ${record.awsRegion}`]
      : [];
  if (record.errorCode !== undefined) return [];
  const ids = NAMED[`${record.eventSource.split('.')[0]} ${record.eventName}`]?.(record, account) ?? [];
  return ids.map(([type, id]) => `${type} ${id} ${where}`).sort();
}

const FALLBACK = { accountId: '999988887777', region: 'eu-north-1' };
/** A world in which there is nothing, whatever is asked. */
const emptyWorld = ((client: { prototype: object }) =>
  Object.assign(Object.create(client.prototype), { send: async () => ({}) })) as unknown as Aws;

async function readBy(event: unknown) {
  const changes = changesIn(event);
  expect(changes).toHaveLength(1);
  const routes = await Promise.all(
    changes.map((change) => route(change, { controls, aws: () => emptyWorld, fallback: FALLBACK })),
  );
  expect(routes.flatMap(({ unreadable }) => unreadable.map(({ message }) => message))).toEqual([]);
  return routes
    .flatMap(({ subjects }) => subjects)
    .map(({ ref }) => `${ref.resourceType} ${ref.resourceId} ${ref.accountId} ${ref.region}`)
    .sort();
}

recorded('every recorded event names what a person reads out of it', () => {
  test.each(FILES)('%s', async (file) => {
    const lines = linesOf(file);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const expected = { source: line.source, ids: expectedOf(line) };
      expect({ source: line.source, ids: await readBy(line.event) }).toEqual(expected);
      expect({ source: line.source, ids: await readBy(line.text) }).toEqual(expected);
      if (line.event.eventName !== undefined)
        expect({ source: line.source, ids: await readBy(enveloped(line.event)) }).toEqual(expected);
    }
  });

  test('all of them in one log file, too', async () => {
    const lines = FILES.flatMap(linesOf);
    const changes = changesIn({ Records: lines.map(({ event }) => event) });
    expect(changes).toHaveLength(lines.length);
    expect(changes.filter(({ kind }) => kind === 'unreadable')).toEqual([]);
  });
});

// --- What becomes of them ---------------------------------------------------------------------------------------

/** A resource that was made and brought to the state that a recorded event tells of. */
interface Scene {
  /** What the event calls the resource, and what it is called here. */
  readonly renamed: Readonly<Record<string, string>>;
  state(): Promise<unknown>;
  /** The state once it is put right; the same as before where the event tells of no drift. */
  readonly right: unknown;
}
type Stage = (account: TestAccount, line: Line, look: (event: unknown) => Promise<readonly Result[]>) => Promise<Scene>;

const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

async function groupWith({ aws }: TestAccount, permissions: Json[]) {
  const ec2 = aws()(EC2Client);
  const named = { GroupName: `web-${randomUUID()}`, Description: 'web' };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(named));
  if (permissions.length > 0)
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: permissions }));
  return { GroupId, state: () => rulesOf(ec2, GroupId, false) };
}

async function rulesOf(ec2: EC2Client, GroupId: string, egress: boolean) {
  const filter = { Filters: [{ Name: 'group-id', Values: [GroupId] }] };
  const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(filter));
  return SecurityGroupRules.filter(({ IsEgress }) => IsEgress === egress)
    .map((rule) => `${rule.IpProtocol} ${rule.FromPort} ${rule.CidrIpv4 ?? rule.CidrIpv6}`)
    .sort();
}

/** The permissions that the event tells of, in either of the two forms that CloudTrail has for them. */
function permissionsOf({ requestParameters: r }: Json): Json[] {
  const flat = r.cidrIp ? [{ ...r, ipRanges: { items: [{ cidrIp: r.cidrIp }] } }] : [];
  return [...(r.ipPermissions.items ?? []), ...flat].map((permission: Json) => ({
    IpProtocol: permission.ipProtocol,
    FromPort: permission.fromPort,
    ToPort: permission.toPort,
    IpRanges: (permission.ipRanges?.items ?? []).map((range: Json) => ({ CidrIp: range.cidrIp })),
    Ipv6Ranges: (permission.ipv6Ranges?.items ?? []).map((range: Json) => ({ CidrIpv6: range.cidrIpv6 })),
  }));
}
const textsOf = (permissions: Json[]): string[] =>
  permissions
    .flatMap(({ IpProtocol, FromPort, IpRanges, Ipv6Ranges }) =>
      [...IpRanges, ...Ipv6Ranges].map((range: Json) => `${IpProtocol} ${FromPort} ${range.CidrIp ?? range.CidrIpv6}`),
    )
    .sort();

/** The rules that the event adds: SSH goes, whatever else there is stays. */
const ingressAdded: Stage = async (account, { record }) => {
  const permissions = permissionsOf(record);
  const { GroupId, state } = await groupWith(account, permissions);
  const right = textsOf(permissions.filter(({ FromPort }) => FromPort !== 22));
  return { renamed: { [record.requestParameters.groupId]: GroupId }, state, right };
};

/** A group that is open to the world by the time the event is looked at, with a neighbour that stays. */
const leftOpen =
  (idIn: (record: Json) => string): Stage =>
  async (account, { record }) => {
    const { GroupId, state } = await groupWith(account, [
      { ...SSH, IpRanges: [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '203.0.113.0/24' }] },
    ]);
    return { renamed: { [idIn(record)]: GroupId }, state, right: ['tcp 22 203.0.113.0/24'] };
  };

/** Egress concerns the default group of a VPC, which must have no rules. */
const defaultEgress: Stage = async ({ aws }, { record }) => {
  const ec2 = aws()(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
  const filter = [
    { Name: 'vpc-id', Values: [Vpc?.VpcId ?? ''] },
    { Name: 'group-name', Values: ['default'] },
  ];
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: filter }));
  const GroupId = SecurityGroups?.[0]?.GroupId ?? '';
  const { groupId } = record.requestParameters;
  return { renamed: { [groupId]: GroupId }, state: () => rulesOf(ec2, GroupId, true), right: [] };
};

const instanceStarted =
  (idIn: (record: Json) => string): Stage =>
  async ({ aws }, { record }) => {
    const ec2 = aws()(EC2Client);
    const launch = { ImageId: 'ami-12345678', InstanceType: 't3.nano', MinCount: 1, MaxCount: 1 } as const;
    const { Instances } = await ec2.send(
      new RunInstancesCommand({ ...launch, MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'enabled' } }),
    );
    const id = Instances?.[0]?.InstanceId ?? '';
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    const state = async () => {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      return Reservations?.[0]?.Instances?.[0]?.MetadataOptions?.HttpTokens;
    };
    return { renamed: { [idIn(record)]: id }, state, right: 'required' };
  };

/** The share that the event tells of is nobody's business here; that with everybody is. */
const snapshotShared: Stage = async ({ aws, region }, { record }) => {
  const ec2 = aws()(EC2Client);
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: `${region}a` }));
  const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const Attribute = 'createVolumePermission' as const;
  const [{ userId: UserId }] = record.requestParameters.createVolumePermission.add.items;
  const share = { OperationType: 'add' as const, UserIds: [UserId], GroupNames: ['all'] };
  await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, Attribute, ...share }));
  const state = async () => {
    const asked = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute });
    return (await ec2.send(asked)).CreateVolumePermissions;
  };
  return { renamed: { [record.requestParameters.snapshotId]: SnapshotId }, state, right: [{ UserId }] };
};

/** A trail of the event's own name, for all regions, in perfect order. */
async function goodTrail({ aws, region }: TestAccount, nameOrArn: string) {
  const client = aws()(CloudTrailClient);
  const Name = nameOrArn.split('/').at(-1) ?? '';
  const Bucket = `logs-${randomUUID()}`;
  const CreateBucketConfiguration = { LocationConstraint: region as never };
  await aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const settings = { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true, EnableLogFileValidation: true };
  const create = (rest: object = {}) =>
    client.send(new CreateTrailCommand({ Name, S3BucketName: Bucket, ...settings, ...rest }));
  const start = () => client.send(new StartLoggingCommand({ Name }));
  const state = async () => {
    const found = await orNull(client.send(new GetTrailCommand({ Name })), 'TrailNotFoundException');
    if (found === null) return null;
    const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name }));
    return { bucket: found.Trail?.S3BucketName, logs: IsLogging, digests: found.Trail?.LogFileValidationEnabled };
  };
  return { client, Name, create, start, state, right: { bucket: Bucket, logs: true, digests: true } };
}

const trailStopped: Stage = async (account, { record }) => {
  const { create, state, right } = await goodTrail(account, record.requestParameters.name);
  await create();
  return { renamed: {}, state, right };
};

const trailDeleted: Stage = async (account, { record }, look) => {
  const { client, Name, create, start, state, right } = await goodTrail(account, record.requestParameters.name);
  const made = await create();
  await start();
  await look({ resourceType: 'AWS::CloudTrail::Trail', resourceId: made.TrailARN });
  await client.send(new DeleteTrailCommand({ Name }));
  return { renamed: {}, state, right };
};

const trailUpdated: Stage = async (account, { record }) => {
  const { create, start, state, right } = await goodTrail(account, record.requestParameters.name);
  await create({ EnableLogFileValidation: record.responseElements.logFileValidationEnabled });
  await start();
  return { renamed: {}, state, right };
};

const selectorsNarrowed: Stage = async (account, { record }) => {
  const { client, Name, create, start } = await goodTrail(account, record.requestParameters.trailName);
  await create();
  await start();
  const EventSelectors = record.requestParameters.eventSelectors.map((selector: Json) => ({
    IncludeManagementEvents: selector.includeManagementEvents,
    ReadWriteType: selector.readWriteType,
  }));
  await client.send(new PutEventSelectorsCommand({ TrailName: Name, EventSelectors }));
  const state = async () => {
    const selectors = await client.send(new GetEventSelectorsCommand({ TrailName: Name }));
    return selectors.EventSelectors?.some(
      (selector) => selector.IncludeManagementEvents === true && selector.ReadWriteType === 'All',
    );
  };
  return { renamed: {}, state, right: true };
};

const bucketMade =
  (idIn: (record: Json) => string): Stage =>
  async ({ aws, region }, { record }) => {
    const s3 = aws()(S3Client);
    const Bucket = `made-${randomUUID()}`;
    const CreateBucketConfiguration = { LocationConstraint: region as never };
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    const state = async () => {
      const read = s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      return (await orNull(read, 'NoSuchPublicAccessBlockConfiguration'))?.PublicAccessBlockConfiguration ?? null;
    };
    const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    return { renamed: { [idIn(record)]: Bucket }, state, right: on };
  };

const STAGES: Readonly<Record<string, Stage>> = {
  AuthorizeSecurityGroupIngress: ingressAdded,
  RevokeSecurityGroupIngress: leftOpen((r) => r.requestParameters.groupId),
  CreateSecurityGroup: leftOpen((r) => r.responseElements.groupId),
  ModifySecurityGroupRules: leftOpen((r) => r.requestParameters.ModifySecurityGroupRulesRequest.GroupId),
  AuthorizeSecurityGroupEgress: defaultEgress,
  RevokeSecurityGroupEgress: defaultEgress,
  RunInstances: instanceStarted((r) => r.responseElements.instancesSet.items[0].instanceId),
  StartInstances: instanceStarted((r) => r.requestParameters.instancesSet.items[0].instanceId),
  ModifySnapshotAttribute: snapshotShared,
  StopLogging: trailStopped,
  DeleteTrail: trailDeleted,
  UpdateTrail: trailUpdated,
  PutEventSelectors: selectorsNarrowed,
  CreateBucket: bucketMade((r) => r.requestParameters.bucketName),
  'AWS::EC2::Instance': instanceStarted((r) => r.resourceId),
  'AWS::S3::Bucket': bucketMade((r) => r.resourceId),
};
const stageOf = ({ record }: Line) => STAGES[record?.eventName ?? record?.resourceType];

const CASES = FILES.flatMap(linesOf)
  .filter((line) => stageOf(line) !== undefined && line.record.errorCode === undefined)
  .map((line): [string, string, Line] => [line.record.eventName ?? line.record.resourceType, line.source, line]);

/** The recorded text, speaking of this account and its resource. */
function retold({ text, event, record }: Line, { accountId, region }: TestAccount, renamed: Scene['renamed']): unknown {
  const account = record.recipientAccountId ?? record.awsAccountId ?? event.account;
  const names: Record<string, string> = { ...renamed, [account]: accountId, [record.awsRegion]: region };
  return JSON.parse(Object.entries(names).reduce((told, [from, to]) => told.replaceAll(from, to), text));
}

recorded('what a recorded event tells of is put right', () => {
  test.each(CASES)('%s of %s', async (_name, _source, line) => {
    const account = await testAccount();
    const engine = testEngine(account.aws);
    const look = async (event: unknown) =>
      (await Array.fromAsync(receive(event, engine, { controls, fallback: account }))).flat();
    const scene = await (stageOf(line) as Stage)(account, line, look);
    const drifted = await scene.state();
    const event = retold(line, account, scene.renamed);

    const results = await look(event);
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(await scene.state()).toEqual(scene.right);
    const changed = JSON.stringify(drifted) !== JSON.stringify(scene.right);
    expect(results.some(({ outcome }) => outcome === 'remediated')).toBe(changed);
    expect(results.length).toBeGreaterThan(0);

    const again = await look(event);
    expect(again.filter(({ outcome }) => ['remediated', 'failed'].includes(outcome))).toEqual([]);
    expect(await scene.state()).toEqual(scene.right);
  });

  test('and each kind of event that concerns a control is among them', () => {
    expect([...new Set(CASES.map(([name]) => name))].sort()).toEqual(Object.keys(STAGES).sort());
  });
});
