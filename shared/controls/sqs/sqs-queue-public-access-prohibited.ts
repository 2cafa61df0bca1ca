import { SetQueueAttributesCommand, type SetQueueAttributesCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { policyText } from '../../aws/iam/policy-text.ts';
import { namesOf, publicStatements } from '../../aws/iam/public-access.ts';
import { onePolicy } from '../../aws/iam/public-access-check.ts';
import { withoutPublicStatements } from '../../aws/iam/public-removal.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { queue } from '../../resources/sqs/queue.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'sqs:SetQueueAttributes': 'arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:*' };

const target = ({ resourceId: QueueUrl }: ResourceRef) => ({ QueueUrl });

export default defineControl({
  id: 'sqs-queue-public-access-prohibited',
  title: 'SQS queue policies must not be public',
  severity: 'CRITICAL',
  resource: queue,
  needs: ['policy'],
  securityControlIds: ['SQS.3'],
  relatedRequirements: ['AWS FSBP SQS.3'],
  description:
    'No statement of the queue policy may grant access to everybody. A condition on fixed values of a key that callers cannot choose (aws:SourceAccount, aws:SourceArn, aws:PrincipalOrgID, aws:SourceVpce …) narrows a statement, and so does a denial of everybody else in the same policy, which AWS Config does not evaluate. Public statements are removed, the others stay as they are; where none remains, the policy is removed. SQS takes up to a minute to apply it.',
  rationale:
    'Everybody can send messages to a public queue, and its consumers trust them; or receive and delete messages, which are then lost.',
  guidance:
    'Name the accounts as principals, or narrow the statement to a topic, bucket or rule by aws:SourceArn and aws:SourceAccount. Check the messages that arrived while the queue was public.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  publicAccessCheck: onePolicy(
    'AWS::SQS::Queue',
    'policy',
    ({ Attributes }: SetQueueAttributesCommandInput) => Attributes?.Policy,
  ),
  undoCalls: [undoneBy(SQSClient, SetQueueAttributesCommand, target, ['Attributes'])],
  parameters: {},
  evaluate({ policy }) {
    if (policy === null) return compliant('The queue has no policy.');
    const { statements } = policyText(policy);
    const open = publicStatements(statements);
    if (open.length === 0) return compliant('The queue policy is not public.');
    return nonCompliant(`The queue policy grants access to everybody: ${namesOf(open, statements)}.`, open);
  },
  plan({ ref, policy }) {
    if (policy === null) return [];
    const closed = withoutPublicStatements(policyText(policy));
    if ('byHand' in closed) return byHand(closed.byHand);
    const before = { Attributes: { Policy: policy } };
    // SQS accepts no policy without statements; an empty text removes it.
    const change = { Attributes: { Policy: closed.left.length === 0 ? '' : closed.text } };
    return [
      set(SQSClient, SetQueueAttributesCommand, target(ref), before, change, {
        permissions,
        elements: closed.elements,
      }),
    ];
  },
});
