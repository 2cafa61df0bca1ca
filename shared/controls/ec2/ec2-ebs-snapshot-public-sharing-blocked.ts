import {
  DisableSnapshotBlockPublicAccessCommand,
  EC2Client,
  EnableSnapshotBlockPublicAccessCommand,
  type SnapshotBlockPublicAccessState,
} from '@aws-sdk/client-ec2';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { ec2Account } from '../../resources/ec2/account.ts';
import { type Step, step, undoneBy } from '../../step.ts';

const permissions = { 'ec2:EnableSnapshotBlockPublicAccess': '*' };
const elements = ['SnapshotBlockPublicAccess'];

/** From least to most. */
const STATES: readonly string[] = ['unblocked', 'block-new-sharing', 'block-all-sharing'];
const rank = (state: string): number => STATES.indexOf(state);

const enable = (State: SnapshotBlockPublicAccessState, undo?: () => readonly Step[]): Step =>
  step(EC2Client, EnableSnapshotBlockPublicAccessCommand, { State }, { permissions, elements, ...(undo && { undo }) });

const restore = (state: SnapshotBlockPublicAccessState): Step =>
  state === 'unblocked' ? step(EC2Client, DisableSnapshotBlockPublicAccessCommand, {}, { elements }) : enable(state);

export default defineControl({
  id: 'ec2-ebs-snapshot-public-sharing-blocked',
  title: 'Public sharing of EBS snapshots must be blocked in every region',
  severity: 'HIGH',
  resource: ec2Account,
  needs: ['snapshotSharing'],
  securityControlIds: ['EC2.182'],
  relatedRequirements: ['AWS FSBP EC2.182'],
  description:
    'Block public access for EBS snapshots must be block-all-sharing: no snapshot can be shared with everybody, and public ones are treated as private, while their permissions stay as they are. With the parameter state, block-new-sharing is compliant too, which leaves public snapshots as they are; EC2.182 does not accept it.',
  rationale:
    'A snapshot that is public by mistake exposes the whole disk to everybody; with the block nobody can make one public, whatever their permissions are.',
  guidance:
    'Enable it under EC2 > Settings > Data protection. A snapshot that has to be public needs the state block-new-sharing, or an account of its own.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(EC2Client, DisableSnapshotBlockPublicAccessCommand, () => ({}), [], {
      permissions: { 'ec2:DisableSnapshotBlockPublicAccess': '*' },
    }),
    undoneBy(EC2Client, EnableSnapshotBlockPublicAccessCommand, () => ({}), ['State']),
  ],
  parameters: {
    state: {
      description: 'The least restrictive state that is compliant, and the one that a remediation sets.',
      type: 'string',
      enum: ['block-all-sharing', 'block-new-sharing'],
      default: 'block-all-sharing' as string,
    },
  },
  evaluate({ ref, snapshotSharing: { state } }, { parameters }) {
    const says = `Block public access for EBS snapshots in ${ref.region} is ${state}`;
    return rank(state) >= rank(parameters.state)
      ? compliant(`${says}.`)
      : nonCompliant(`${says}; ${parameters.state} is required.`);
  },
  plan({ snapshotSharing: { state, managedBy } }, { parameters }) {
    if (managedBy !== 'account') return byHand('A declarative policy of the organization manages this setting.');
    return [enable(parameters.state as SnapshotBlockPublicAccessState, () => [restore(state)])];
  },
});
