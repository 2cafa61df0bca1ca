import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';
import { REGION } from '../../support/samples.ts';

const KEY = '5b1c6f0e-5d3a-4f5e-8d0b-2f7a9c3e6d45';

export default {
  types: { 'AWS::KMS::Key': { id: KEY, names: { Arn: arn('kms', `key/${KEY}`) } } },
  names: { kms: { KeyId: KEY, ReplicaRegion: REGION } },
} satisfies ServiceEvents;
