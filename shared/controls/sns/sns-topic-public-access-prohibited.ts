import { SetTopicAttributesCommand, type SetTopicAttributesCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { policyText } from '../../aws/iam/policy-text.ts';
import { namesOf, publicStatements } from '../../aws/iam/public-access.ts';
import { onePolicy } from '../../aws/iam/public-access-check.ts';
import { withoutPublicStatements } from '../../aws/iam/public-removal.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { topic } from '../../resources/sns/topic.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'sns:SetTopicAttributes': 'arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*' };

const target = ({ resourceId: TopicArn }: ResourceRef) => ({ TopicArn, AttributeName: 'Policy' });

/** The statement that SNS gives a new topic: SNS accepts no policy without any. */
const ownerOnly = ({ resourceId, accountId }: ResourceRef) => ({
  Sid: '__default_statement_ID',
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: [
    'SNS:GetTopicAttributes',
    'SNS:SetTopicAttributes',
    'SNS:AddPermission',
    'SNS:RemovePermission',
    'SNS:DeleteTopic',
    'SNS:Subscribe',
    'SNS:ListSubscriptionsByTopic',
    'SNS:Publish',
  ],
  Resource: resourceId,
  Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
});

export default defineControl({
  id: 'sns-topic-public-access-prohibited',
  title: 'SNS topic policies must not be public',
  severity: 'CRITICAL',
  resource: topic,
  needs: ['policy'],
  securityControlIds: ['SNS.4'],
  relatedRequirements: ['AWS FSBP SNS.4'],
  description:
    'No statement of the topic policy may grant access to everybody. A condition on fixed values of a key that callers cannot choose (aws:SourceOwner, aws:SourceAccount, aws:SourceArn, aws:PrincipalOrgID, aws:SourceVpce …) narrows a statement, and so does sns:Endpoint with one endpoint or one mail domain, and a denial of everybody else in the same policy; AWS Config evaluates neither of these two. Public statements are removed, the others stay as they are. Where none remains, the default statement of a new topic is set: the owner alone.',
  rationale:
    'Everybody can publish to a public topic, and its subscribers trust the message; or subscribe, and read all messages.',
  guidance:
    'Name the accounts as principals, or narrow the statement to a service by aws:SourceAccount and aws:SourceArn. Check the subscriptions of the topic for unknown accounts: a subscription outlives the statement that allowed it.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  publicAccessCheck: onePolicy(
    'AWS::SNS::Topic',
    'policy',
    ({ AttributeValue }: SetTopicAttributesCommandInput) => AttributeValue,
  ),
  undoCalls: [undoneBy(SNSClient, SetTopicAttributesCommand, target, ['AttributeValue'])],
  parameters: {},
  evaluate({ policy }) {
    const { statements } = policyText(policy);
    const open = publicStatements(statements);
    if (open.length === 0) return compliant('The topic policy is not public.');
    return nonCompliant(`The topic policy grants access to everybody: ${namesOf(open, statements)}.`, open);
  },
  plan({ ref, policy }) {
    const closed = withoutPublicStatements(policyText(policy));
    if ('byHand' in closed) return byHand(closed.byHand);
    const wanted = closed.left.length === 0 ? policyText(closed.text).withStatement(ownerOnly(ref)) : closed.text;
    const before = { AttributeValue: policy };
    const change = { AttributeValue: wanted ?? closed.text };
    return [
      set(SNSClient, SetTopicAttributesCommand, target(ref), before, change, {
        permissions,
        elements: closed.elements,
      }),
    ];
  },
});
