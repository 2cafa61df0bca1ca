import type { InstanceStateName } from '@aws-sdk/client-ec2';
import scene from '../../../scenes/ec2/ec2-instance-imdsv2-required.ts';
import control from '../../../shared/controls/ec2/ec2-instance-imdsv2-required.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

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

testScene(control, scene);
