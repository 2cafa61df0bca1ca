import { CreateTagsCommand, DeleteTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  evaluateProtection,
  type NewTag,
  PROTECTION_PARAMETERS,
  planProtection,
  protectionRelated,
} from '../../aws/backup/protection.ts';
import { defineControl, notApplicable } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { volume } from '../../resources/ec2/volume.ts';
import { step, undoneBy } from '../../step.ts';

const VOLUMES = 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:volume/*';
const permissions = { 'ec2:CreateTags': VOLUMES };

function setTag({ resourceId }: ResourceRef, { Key, Value, before }: NewTag) {
  const options = { permissions, elements: [`tag ${Key}`] };
  const tagged = (value: string) => ({ Resources: [resourceId], Tags: [{ Key, Value: value }] });
  // With its value, so that one that somebody has set since stays.
  const undo = () => [
    before === null
      ? step(EC2Client, DeleteTagsCommand, tagged(Value), options)
      : step(EC2Client, CreateTagsCommand, tagged(before), options),
  ];
  return step(EC2Client, CreateTagsCommand, tagged(Value), { ...options, undo });
}

export default defineControl({
  id: 'backup-ebs-volume-protected',
  title: 'EBS volumes in use must be backed up by AWS Backup',
  severity: 'LOW',
  resource: volume,
  needs: ['volume', 'creation', 'protection'],
  related: protectionRelated(volume, 'EBS'),
  securityControlIds: ['EC2.28'],
  relatedRequirements: [],
  description:
    'The EBS volume must have been backed up by AWS Backup within the last maximumBackupAgeDays, by itself or with an instance that it is attached to. Volumes that are not in use are not evaluated. ListProtectedResources names only what has had a backup, so that one that a plan selects and that waits for its first backup is not distinguished from one that no plan selects: a new one has graceDays. The rule of AWS Config looks for a plan that covers it, whether or not it was backed up.',
  rationale:
    'A backup outside of the service outlives what is lost together with the resource: its own snapshots, when somebody deletes it or takes over the account that owns it.',
  guidance:
    'Have a backup plan select the volume, or the instance that it is attached to, by its ARN or by a tag, and opt in for EBS (or EC2) in the settings of AWS Backup. With the parameters tagKey and tagValue Evenkeel sets that tag; the finding ends once the plan has run.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    undoneBy(EC2Client, DeleteTagsCommand, ({ resourceId }) => ({ Resources: [resourceId] }), ['Tags'], {
      permissions: { 'ec2:DeleteTags': VOLUMES },
    }),
    undoneBy(EC2Client, CreateTagsCommand, ({ resourceId }) => ({ Resources: [resourceId] }), ['Tags']),
  ],
  parameters: PROTECTION_PARAMETERS,
  // The state shows nothing before the plan has run.
  settles: '6h',
  deadline: '3d',
  evaluate: ({ volume: { state }, creation, protection }, { parameters, now }) =>
    state === 'in-use'
      ? evaluateProtection(protection, creation.createdAt, parameters, now)
      : notApplicable(`The volume is ${state}.`),
  plan: (state, { parameters }) => planProtection(state, parameters, (tag) => setTag(state.ref, tag)),
});
