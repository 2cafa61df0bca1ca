import scene from '../../../scenes/ec2/ec2-default-vpc-prohibited.ts';
import control from '../../../shared/controls/ec2/ec2-default-vpc-prohibited.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (isDefault: boolean, use: 'used' | 'unused' | null, ownerId = SAMPLE_ACCOUNT) => ({
  vpc: { ownerId, isDefault },
  use,
});

testControl(control, {
  resourceId: 'vpc-0b9c8d7e6f5a40312',
  compliant: { 'a VPC of our own': given(false, null) },
  notApplicable: { 'a VPC that another account shares': given(false, null, '444455556666') },
  nonCompliant: {
    'a default VPC that nothing uses': {
      given: given(true, 'unused'),
      plan: [],
      says: 'The VPC is the default VPC of eu-west-1; nothing uses it.',
      other: { 'that something uses': given(true, 'used') },
    },
    'a default VPC in use': {
      given: given(true, 'used'),
      plan: [],
      says: 'The VPC is the default VPC of eu-west-1, and network interfaces use it.',
    },
  },
});

testScene(control, scene);
