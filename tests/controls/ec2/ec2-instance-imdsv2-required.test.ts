import type { InstanceStateName } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import scene from '../../../scenes/ec2/ec2-instance-imdsv2-required.ts';
import control from '../../../shared/controls/ec2/ec2-instance-imdsv2-required.ts';
import { REGION, SAMPLE_ACCOUNT } from '../../support/samples.ts';
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
const given = (state: InstanceStateName, change: object = {}, callsWithoutToken: number | null = null) => ({
  instance: { state, metadataOptions: { ...options, ...change } },
  callsWithoutToken,
});
const oneHop = { HttpPutResponseHopLimit: 1 };
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
    stopped: { given: given('stopped'), plan, after: given('stopped', required) },
    'IMDSv1 in use, with a hop limit of 2': {
      given: given('running', {}, 7),
      plan,
      after: given('running', required),
    },
    'with a hop limit of 1 and IPv6, a whole day without a call by IMDSv1': {
      given: given('running', { ...oneHop, HttpProtocolIpv6: 'enabled' }, 0),
      plan: [
        [
          'ModifyInstanceMetadataOptions',
          { InstanceId: INSTANCE, ...options, ...required, ...oneHop, HttpProtocolIpv6: 'enabled' },
        ],
      ],
      after: given('running', { ...required, ...oneHop, HttpProtocolIpv6: 'enabled' }),
    },
    'with a hop limit of 1, and calls by IMDSv1': {
      given: given('running', oneHop, 7),
      plan: [],
      byHand:
        'MetadataNoToken counted 7 calls by IMDSv1 within a day, and at a hop limit of 1 a container would lose its metadata.',
    },
    'with a hop limit of 1, and less than a day of history': {
      given: given('running', oneHop, null),
      plan: [],
      byHand:
        'MetadataNoToken has no whole day of history, and at a hop limit of 1 a container would lose its metadata.',
    },
    'with a hop limit of 1 that the parameter raises': {
      given: given('running', oneHop, 7),
      parameters: { hopLimit: 2 },
      plan,
      elements: [['HttpTokens', 'HttpPutResponseHopLimit']],
      after: given('running', required),
    },
    'with a hop limit above the parameter': {
      given: given('running', { HttpPutResponseHopLimit: 3 }),
      parameters: { hopLimit: 2 },
      plan: [
        [
          'ModifyInstanceMetadataOptions',
          { InstanceId: INSTANCE, ...options, ...required, HttpPutResponseHopLimit: 3 },
        ],
      ],
      after: given('running', { ...required, HttpPutResponseHopLimit: 3 }),
    },
  },
});

test('a pending instance, which EC2 does not change, is looked at again', () => {
  const ref = { resourceType: control.resource.type, resourceId: INSTANCE, accountId: SAMPLE_ACCOUNT, region: REGION };
  const context = { parameters: { hopLimit: 1 }, now: new Date(), lastKnown: null };
  expect(control.evaluate({ ref, ...given('pending') }, context)).toMatchObject({
    complianceType: 'NON_COMPLIANT',
    retryAfter: 60_000,
    fingerprint: control.evaluate({ ref, ...given('running') }, context).fingerprint,
  });
  expect(control.evaluate({ ref, ...given('pending', required) }, context).complianceType).toBe('COMPLIANT');
});

testScene(control, scene);
