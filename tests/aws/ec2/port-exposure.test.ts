import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import control from '../../../shared/controls/ec2/ec2-security-group-admin-ports-restricted.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { defaultParameters } from '../../../shared/policy/defaults.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testEngine } from '../../support/engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';

const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
const inProgress = { 'pl-1': { inProgress: 'modify-in-progress' } };
const evaluated = (...rules: object[]) =>
  control.evaluate(
    {
      ref: {} as never,
      rules: { rules: rules.map((rule) => ({ IsEgress: false, ...rule })), prefixLists: inProgress },
    },
    { parameters: defaultParameters(control) as never, now: new Date(), lastKnown: null },
  );

test('a prefix list that AWS is changing says nothing yet, on a port that matters', () => {
  expect(evaluated({ ...ssh, PrefixListId: 'pl-1' })).toMatchObject({
    complianceType: 'NON_COMPLIANT',
    annotation: 'AWS is changing the prefix list of tcp 22 from pl-1.',
    retryAfter: MINUTE_MS,
  });
  const elsewhere = { ...ssh, FromPort: 443, ToPort: 443, PrefixListId: 'pl-1' };
  for (const harmless of [elsewhere, { ...ssh, IsEgress: true, PrefixListId: 'pl-1' }])
    expect(evaluated(harmless)).toMatchObject({ complianceType: 'COMPLIANT' });
});

test('what is open beside it does not wait for it', () => {
  const found = evaluated({ ...ssh, PrefixListId: 'pl-1' }, { ...ssh, CidrIpv4: '0.0.0.0/0' });
  expect(found).toMatchObject({
    complianceType: 'NON_COMPLIANT',
    annotation: 'Open to the world: tcp 22 from 0.0.0.0/0.',
  });
  expect(found.retryAfter).toBeUndefined();
});

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
process.env.AWS_ENDPOINT_URL = wire.endpoint;
afterAll(() => wire.alter([]));

test('a list that is being opened to the world is pending, and remediated when AWS is done', async () => {
  const aws = awsClients();
  const ec2 = aws(account.region)(EC2Client);
  const list = { PrefixListName: 'offices', AddressFamily: 'IPv4', MaxEntries: 5, Entries: [{ Cidr: '0.0.0.0/0' }] };
  const { PrefixList } = await ec2.send(new CreateManagedPrefixListCommand(list));
  const PrefixListId = PrefixList?.PrefixListId ?? '';
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web' }));
  const IpPermissions = [{ ...ssh, PrefixListIds: [{ PrefixListId }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

  const engine = testEngine(aws, 'remediate');
  const event = sampleEvent('ec2/ModifyManagedPrefixList', {
    'pl-0a1b2c3d4e5f60718': PrefixListId,
    [SAMPLE_ACCOUNT]: account.accountId,
  });
  const look = async () =>
    (await Array.fromAsync(receive(event, engine, { controls: [control], fallback: account }))).flat();
  // The list still has its old entries: the entries that the local account shows are those that are to come.
  wire.alter([
    {
      call: 'ec2:DescribeManagedPrefixLists',
      change: (body) => body.replaceAll(/<state>[^<]*</g, '<state>modify-in-progress<'),
    },
  ]);
  expect(await look()).toMatchObject([{ outcome: 'pending', steps: [], error: null }]);
  expect(engine.notified).toEqual([]);
  wire.alter([]);
  expect(await look()).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT' }]);
});
