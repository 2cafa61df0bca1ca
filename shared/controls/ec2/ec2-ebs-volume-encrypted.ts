import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { volume } from '../../resources/ec2/volume.ts';

export default defineControl({
  id: 'ec2-ebs-volume-encrypted',
  title: 'Attached EBS volumes must be encrypted',
  severity: 'MEDIUM',
  resource: volume,
  needs: ['volume'],
  securityControlIds: ['EC2.3'],
  relatedRequirements: [
    'AWS FSBP EC2.3',
    ...requirements('PCI DSS v4.0', '3.5.1 8.3.2'),
    ...requirements('NIST 800-53 r5', 'AU-9(3) CM-6 CM-9 CP-9 SC-8(3) SC-8(4) SC-13 SC-28(1) SI-19(4)'),
    'SOC 2 PI1.5',
  ],
  description: 'A volume that is attached or in use must be encrypted. Volumes that nothing uses are not evaluated.',
  rationale: 'The data of an unencrypted volume is unencrypted on disk and in every snapshot of it.',
  guidance:
    'A volume cannot be encrypted in place: create a snapshot, copy it with encryption, create a volume from the copy in the same zone with the same type, IOPS, throughput and tags, and swap the two while the instance is stopped. Keep the old volume until the new one has proven itself.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ volume: { state, encrypted, attachedTo } }) {
    if (encrypted) return compliant('The volume is encrypted.');
    if (state !== 'in-use' && attachedTo.length === 0)
      return notApplicable(`Not encrypted, and attached to nothing (state ${state}).`);
    return nonCompliant(attachedTo.length === 0 ? 'In use, not encrypted.' : `Not encrypted: ${onto(attachedTo)}.`, [
      'encrypted',
    ]);
  },
});

const onto = (attachedTo: readonly string[]) => `attached to ${attachedTo.join(', ')}`;
