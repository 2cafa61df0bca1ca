import type { Parameters } from '../../control.ts';

/** What policy.yml may say of the recorder of a region. */
export const PARAMETERS = {
  roleArn: {
    description:
      'The role for a recorder that has to be created. Empty: as it was, where Evenkeel has seen one; else a person creates it.',
    type: 'string',
    default: '',
  },
  s3BucketName: {
    description:
      'The bucket for a delivery channel that has to be created. Empty: as it was, where Evenkeel has seen one; else a person creates it.',
    type: 'string',
    default: '',
  },
  recordingGroup: {
    description:
      'What to do if the recorder excludes resource types: report it, restore all types (which is charged by the item), or ignore it.',
    type: 'string',
    enum: ['reported', 'restored', 'ignored'],
    default: 'reported',
  },
  acceptedExclusions: {
    description: 'Resource types that the recorder may exclude, as in AWS::EC2::NetworkInterface.',
    type: 'array',
    items: { type: 'string', pattern: '^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9:]+$' },
    uniqueItems: true,
    default: [] as readonly string[],
  },
  globalResourceTypesRegion: {
    description:
      'The region whose recorder must record global resource types (IAM). Empty: none has to, and a recorder that is created records them in the home region only.',
    type: 'string',
    default: '',
  },
  customerManagedRecorder: {
    description:
      'Whether a customer managed recorder is required where Security Hub has one of its own: kept, if Evenkeel has seen one; required; optional.',
    type: 'string',
    enum: ['kept', 'required', 'optional'],
    default: 'kept',
  },
  requireServiceLinkedRole: {
    description: 'Whether the recorder must use AWSServiceRoleForConfig, as Security Hub requires.',
    type: 'boolean',
    default: false as boolean,
  },
} satisfies Parameters;
