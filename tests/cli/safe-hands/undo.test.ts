import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { isWrite, wireTo } from '../../support/aws-proxy.ts';
import { makeHands, REMEDIATE } from '../../support/cli-fixture.ts';
import { evenkeelAs } from '../../support/command.ts';
import { ADMIN_PORTS, openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel, ledger } = hands;
const wire = await wireTo(account.endpoint);
const watched = evenkeelAs({ ...hands.env, AWS_ENDPOINT_URL: wire.endpoint });
const ec2 = account.aws()(EC2Client);
const s3 = account.aws()(S3Client);

/** Everything about the rules of a group but what AWS assigns again, such as their ids. */
async function rulesOf(groupId: string) {
  const query = { Filters: [{ Name: 'group-id', Values: [groupId] }] };
  const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(query));
  return SecurityGroupRules.map(({ SecurityGroupRuleId: _id, SecurityGroupRuleArn: _arn, ...rule }) =>
    JSON.stringify(rule),
  ).sort();
}
const allow = (GroupId: string, ...IpPermissions: IpPermission[]) =>
  ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

/** A group that was remediated, and its remediation. */
async function remediated(name: string) {
  const group = await openGroup(account, name);
  const { outcome, remediationId } = await hands.opened(group);
  expect(outcome).toBe('remediated');
  return { group, id: remediationId ?? '' };
}

describe('undoes a remediation exactly', () => {
  test('a rule with its description and tags; its own event does not undo the undo', async () => {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'bastion', Description: 'bastion' }));
    const group = made.GroupId ?? '';
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'the bastion, for now' }],
          },
        ],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'ticket', Value: 'OPS-7' }] }],
      }),
    );
    const before = await rulesOf(group);
    const { remediationId } = await hands.opened(group);
    expect(await rulesOf(group)).not.toEqual(before);
    await hands.mail();

    const policy = hands.policyFile(REMEDIATE);
    const reason = 'the vendor needs it';
    const args = ['undo', remediationId ?? '', '--reason', reason, '--json', '--policy', policy];
    const { status, stdout, stderr } = await evenkeel(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await rulesOf(group)).toEqual(before);

    const { undoId } = JSON.parse(stdout) as { undoId: string };
    const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const arn = `arn:aws:ec2:${account.region}:${account.accountId}:security-group/${group}`;
    expect(await ledger.exemptions()).toMatchObject([
      { control: ADMIN_PORTS, resource: arn, reason, expires: inAMonth, owner: expect.stringMatching(/^arn:aws:sts:/) },
    ]);
    expect(await ledger.remediation(undoId)).toMatchObject({
      kind: 'undo',
      undoes: remediationId,
      status: 'remediated',
      afterCompliance: 'NON_COMPLIANT',
      decidedBy: expect.stringContaining(account.accountId),
      steps: [{ operation: 'AuthorizeSecurityGroupIngress', status: 'made', requestId: expect.stringMatching(/.+/) }],
    });
    expect(await hands.mail()).toEqual([
      expect.objectContaining({ text: expect.stringContaining(`${undoId} undid ${remediationId}`) }),
    ]);

    expect(await hands.opened(group)).toMatchObject({ outcome: 'exempted', error: null });
    expect(await rulesOf(group)).toEqual(before);
    expect(await hands.mail()).toEqual([]);
    const history = await evenkeel(['history', '--resource', arn]);
    expect(history.stdout).toMatch(new RegExp(`undo {2}${undoId}[\\s\\S]*undoes ${remediationId}`));
  });

  test('the policy of a bucket, and settings', async () => {
    const Bucket = `undo-${account.accountId}`;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Own',
          Effect: 'Allow',
          Principal: { AWS: account.accountId },
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { StringLike: { 'aws:Referer': ['hunter2'] } },
        },
      ],
    });
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: false,
    };
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const state = async () => [
      (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy,
      (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration,
    ];
    const before = await state();
    const controls = ['s3-bucket-tls-required', 's3-bucket-public-access-blocked'];
    const put = await hands.recheck('AWS::S3::Bucket', Bucket, controls, 'defaults: { mode: remediate }\n');
    const ids = put.map(({ remediationId }) => remediationId ?? '');
    expect(ids).toEqual([expect.stringMatching(/^rem-/), expect.stringMatching(/^rem-/)]);
    const mended = await state();
    expect(mended[0]).not.toEqual(before[0]);
    expect(mended[1]).not.toEqual(before[1]);
    const seen: string[] = [];
    const run = async (...args: string[]) => {
      const { status, stdout, stderr } = await evenkeel(args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      seen.push(stdout);
    };
    for (const id of ids) await run('undo', id, '--dry-run', '--no-policy', '--json');
    for (const id of ids) await run('undo', id, '--no-policy');
    expect(await state()).toEqual(before);
    // The policy is restored to the letter, and what may be a secret in it is never shown.
    expect(before[0]).toContain('hunter2');
    await run('history', '--json', '--resource', Bucket);
    await run('history', '--resource', Bucket);
    expect(seen.join('')).toContain('PutBucketPolicy');
    expect(seen.join('')).not.toContain('hunter2');
  });

  test('--dry-run shows the calls and writes nothing, neither to AWS nor to the ledger', async () => {
    const { group, id } = await remediated('dry');
    const mended = await rulesOf(group);
    const { status, stdout } = await watched(['undo', id, '--dry-run']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Would undo ${id}:\n  ec2:AuthorizeSecurityGroupIngress .*"FromPort":22`));
    expect(wire.calls.filter((call) => isWrite(call) && call !== 'sts:GetCallerIdentity')).toEqual([]);
    expect(await rulesOf(group)).toEqual(mended);
  });

  test('controls that share what was wrong leave it alone together', async () => {
    const group = await openGroup(account, 'both');
    const HIGH_RISK = 'ec2-security-group-high-risk-ports-restricted';
    const policy = `controls:
  ${ADMIN_PORTS}: { mode: remediate }
  ${HIGH_RISK}: { mode: remediate, parameters: { ports: [22] } }
`;
    const before = await rulesOf(group);
    const { remediationId } = await hands.opened(group, policy);
    const { status, stdout } = await evenkeel(['undo', remediationId ?? '', '--policy', hands.policyFile(policy)]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/Exempt from every control until \S+ \(ex-\S+\):\n/),
    });
    const looked = await hands.recheck('AWS::EC2::SecurityGroup', group, [ADMIN_PORTS, HIGH_RISK], policy);
    expect(looked.map(({ controlId, outcome }) => [controlId, outcome])).toEqual([
      [ADMIN_PORTS, 'exempted'],
      [HIGH_RISK, 'detected'],
    ]);
    expect(looked[1]?.annotation).toContain(`an undo of ${ADMIN_PORTS} restored it`);
    expect(await rulesOf(group)).toEqual(before);
  });
});

describe('refuses', () => {
  test('where somebody has changed the resource since, and says what', async () => {
    const { group, id } = await remediated('changed');
    await allow(group, { IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, IpRanges: [{ CidrIp: '10.1.0.0/16' }] });
    const now = await rulesOf(group);
    const exemptions = await ledger.exemptions();
    const { status, stdout, stderr } = await evenkeel(['undo', id]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^evenkeel: not undone: the resource was changed since rem-[\s\S]*10\.1\.0\.0\/16/);
    expect(await rulesOf(group)).toEqual(now);
    expect(await ledger.exemptions()).toEqual(exemptions);
    const json = await evenkeel(['undo', id, '--json', '--dry-run']);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ id, undoId: null, refused: 'changed' });
  });

  test('what was undone already, what is itself an undo, what is not there, a day too far', async () => {
    const { group, id } = await remediated('twice');
    const first = await evenkeel(['undo', id, '--json']);
    const { undoId } = JSON.parse(first.stdout) as { undoId: string };
    const open = await rulesOf(group);
    const wrong = [
      [[id], `${id} was undone already, by ${undoId}`],
      [[undoId], `${undoId} is itself an undo, of ${id}`],
      [['rem-1'], 'there is no remediation rem-1'],
      [[id, '--expires', '2999-01-01'], '--expires 2999-01-01: must be a day from'],
    ] as const;
    for (const [args, says] of wrong) {
      const { status, stdout, stderr } = await evenkeel(['undo', ...args]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^evenkeel: [^\n]+\n$/);
      expect(stderr).toContain(says);
    }
    expect(await rulesOf(group)).toEqual(open);
  });
});

test('the last remediation, or one by how its id begins, as a dry run and then for good', async () => {
  const [{ id: first }, { id: last, group }] = [await remediated('first'), await remediated('last')];
  const dry = await evenkeel(['undo', '--last', '--dry-run']);
  expect(dry).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(`the last remediation is ${last}: ${ADMIN_PORTS} ${group}, `),
  });
  expect(dry.stdout).toContain(`Would undo ${last}:`);
  const byBeginning = (id: string) => evenkeel(['undo', id.slice(0, -2), '--json']);
  expect(JSON.parse((await byBeginning(last)).stdout)).toMatchObject({ id: last, dryRun: false });
  expect((await evenkeel(['undo', '--last', '--dry-run'])).stdout).toContain(`Would undo ${first}:`);
  const shown = await evenkeel(['history', last.slice(0, -1), '--json', '--since', '2999-01-01']);
  const records = shown.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.map(({ id, undoes }) => [id === last, undoes])).toEqual([
    [true, null],
    [false, last],
  ]);
});
