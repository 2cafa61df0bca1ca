import scene from '../../../scenes/ec2/ec2-ebs-volume-encrypted.ts';
import control from '../../../shared/controls/ec2/ec2-ebs-volume-encrypted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const VOLUME = 'vol-0a1b2c3d4e5f60718';
const given = (
  state: 'available' | 'creating' | 'deleting' | 'in-use',
  encrypted: boolean,
  ...attachedTo: string[]
) => ({
  volume: { state, encrypted, attachedTo },
});

testControl(control, {
  resourceId: VOLUME,
  compliant: {
    'attached and encrypted': given('in-use', true, 'i-1'),
    'loose and encrypted': given('available', true),
  },
  notApplicable: {
    'loose and not encrypted': given('available', false),
    'being made': given('creating', false),
    'being deleted': given('deleting', false),
  },
  nonCompliant: {
    attached: {
      given: given('in-use', false, 'i-1'),
      plan: [],
      says: 'Not encrypted: attached to i-1.',
      same: { 'attached to another': given('in-use', false, 'i-2') },
    },
    'attached to several': {
      given: given('in-use', false, 'i-1', 'i-2'),
      plan: [],
      says: 'Not encrypted: attached to i-1, i-2.',
    },
    'attached, though its state lags behind': { given: given('available', false, 'i-1'), plan: [], says: 'i-1' },
    'in use, by what we are not told': { given: given('in-use', false), plan: [], says: 'In use, not encrypted.' },
  },
});

testScene(control, scene);
