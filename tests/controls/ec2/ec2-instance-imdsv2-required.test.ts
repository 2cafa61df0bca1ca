import {
  DescribeInstancesCommand,
  EC2Client,
  type InstanceStateName,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import control from '../../../shared/controls/ec2/ec2-instance-imdsv2-required.ts';
import { sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

const INSTANCE = 'i-0a1b2c3d4e5f60718';
const options = {
  HttpTokens: 'optional',
  HttpEndpoint: 'enabled',
  HttpPutResponseHopLimit: 2,
  HttpProtocolIpv6: 'disabled',
  InstanceMetadataTags: 'enabled',
} as const;
const given = (state: InstanceStateName, change: object = {}) => ({
  instance: { state, metadataOptions: { ...options, ...change } },
});
const required = { HttpTokens: 'required' } as const;
const plan = [['ModifyInstanceMetadataOptions', { InstanceId: INSTANCE, ...options, ...required }]] as const;

testControl(control, {
  resourceId: INSTANCE,
  compliant: {
    'tokens are required': given('running', required),
    'tokens are required, stopped': given('stopped', required),
    'no endpoint': given('running', { HttpEndpoint: 'disabled' }),
  },
  notApplicable: {
    terminated: given('terminated'),
    'shutting down': given('shutting-down'),
  },
  unreadable: {
    'nothing is said of the tokens': [given('running', { HttpTokens: undefined }), 'HttpTokens'],
  },
  nonCompliant: {
    running: {
      given: given('running'),
      plan,
      elements: [['HttpTokens']],
      same: { stopped: given('stopped'), 'with another hop limit': given('running', { HttpPutResponseHopLimit: 1 }) },
      after: given('running', required),
      says: 'IMDSv1 is allowed: HttpTokens is not required.',
    },
    starting: { given: given('pending'), plan, after: given('running', required) },
    stopped: { given: given('stopped'), plan, after: given('stopped', required) },
    'with a hop limit of 1 and IPv6': {
      given: given('running', { HttpPutResponseHopLimit: 1, HttpProtocolIpv6: 'enabled' }),
      plan: [
        [
          'ModifyInstanceMetadataOptions',
          { InstanceId: INSTANCE, ...options, ...required, HttpPutResponseHopLimit: 1, HttpProtocolIpv6: 'enabled' },
        ],
      ],
      after: given('running', { ...required, HttpPutResponseHopLimit: 1, HttpProtocolIpv6: 'enabled' }),
    },
  },
});

async function launch({ aws }: TestAccount) {
  const ec2 = aws()(EC2Client);
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId: 'ami-0a1b2c3d4e5f60718', MinCount: 2, MaxCount: 2, MetadataOptions: options }),
  );
  const [own = '', other = ''] = Instances.map(({ InstanceId }) => InstanceId as string);
  const describe = async (id: string) => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const [found] = Reservations.flatMap(({ Instances: some = [] }) => some);
    return { state: found?.State?.Name, ...found?.MetadataOptions };
  };
  return {
    ec2,
    own,
    other,
    scene: {
      state: () => describe(own),
      neighbours: async () => {
        const { HttpTokens: _, ...rest } = await describe(own);
        return [rest, await describe(other)];
      },
    },
  };
}

testOnSandbox(control, {
  'an instance is launched, and a sibling of it is gone again': async (account) => {
    const { ec2, own, other, scene } = await launch(account);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [other] }));
    return { event: sampleEvent('ec2/RunInstances', { [INSTANCE]: own, 'i-0b2c3d4e5f6a70819': other }), ...scene };
  },
  'tokens are made optional': async (account) => {
    const { own, scene } = await launch(account);
    return { event: sampleEvent('ec2/ModifyInstanceMetadataOptions', { [INSTANCE]: own }), ...scene };
  },
  'a stopped instance is about to be started': async (account) => {
    const { ec2, own, scene } = await launch(account);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [own] }));
    return { event: sampleEvent('ec2/StartInstances', { [INSTANCE]: own }), ...scene };
  },
});
