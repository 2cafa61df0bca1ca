import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  DisassociateKmsKeyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { parseArn } from '../../aws/arn.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { logGroup } from '../../resources/logs/log-group.ts';
import { step, undoneBy } from '../../step.ts';

const LOG_GROUPS = 'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:*';
const permissions = { 'logs:AssociateKmsKey': LOG_GROUPS };
const elements = ['kmsKeyId'];

export default defineControl({
  id: 'logs-log-group-encrypted',
  title: 'CloudWatch log groups must be encrypted with a KMS key',
  severity: 'LOW',
  resource: logGroup,
  needs: ['encryption'],
  lastKnown: ['encryption'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'A log group must have a KMS key of yours; without one CloudWatch Logs encrypts with a key of its own. A key that was removed is restored; a group that never had one gets that of kmsKeyArn, where it is in the same region. AWS Config has the rule cloudwatch-log-group-encrypted; Security Hub has no control for it.',
  rationale: 'With a key of yours, reading logs requires a permission on the key too, and each use of it is logged.',
  guidance:
    'Allow logs.REGION.amazonaws.com to use the key for the log group, then associate it. Existing events stay encrypted as they were; principals that read the group need permission to use the key.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(
      CloudWatchLogsClient,
      DisassociateKmsKeyCommand,
      ({ resourceId: logGroupName }) => ({ logGroupName }),
      [],
      {
        permissions: { 'logs:DisassociateKmsKey': LOG_GROUPS },
      },
    ),
  ],
  parameters: {
    kmsKeyArn: {
      description:
        'The KMS key that log groups of its region are encrypted with; empty: only a key that was removed is restored.',
      type: 'string',
      pattern: '^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$',
      default: '',
    },
  },
  evaluate: ({ encryption: { kmsKeyId } }) =>
    kmsKeyId === null ? nonCompliant('The log group has no KMS key.') : compliant(`Encrypted with ${kmsKeyId}.`),
  plan({ ref: { resourceId: logGroupName, region } }, { parameters: { kmsKeyArn }, lastKnown }) {
    const kmsKeyId = lastKnown?.encryption?.kmsKeyId ?? kmsKeyArn;
    if (kmsKeyId === '') return byHand('The parameter kmsKeyArn is empty.');
    if (parseArn(kmsKeyId)?.region !== region) return byHand(`The key of kmsKeyArn is not in ${region}.`);
    return [
      step(
        CloudWatchLogsClient,
        AssociateKmsKeyCommand,
        { logGroupName, kmsKeyId },
        {
          permissions,
          elements,
          undo: () => [step(CloudWatchLogsClient, DisassociateKmsKeyCommand, { logGroupName }, { elements })],
        },
      ),
    ];
  },
});
