import { CloudTrailClient, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { OWN_TRAILS, ownTrailName } from '../../aws/cloudtrail/trail-arn.ts';
import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { trail } from '../../resources/cloudtrail/trail.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'cloudtrail:UpdateTrail': OWN_TRAILS };
const on = { EnableLogFileValidation: true };
const off = { EnableLogFileValidation: false };

export default defineControl({
  id: 'cloudtrail-log-file-validation-enabled',
  title: 'CloudTrail log file validation must be enabled',
  severity: 'LOW',
  resource: trail,
  needs: ['trail'],
  securityControlIds: ['CloudTrail.4'],
  relatedRequirements: [
    'AWS FSBP CloudTrail.4',
    'CIS AWS v3.0 3.2',
    'CIS AWS v5.0 3.2',
    ...requirements('PCI DSS v4.0', '10.3.2 10.3.3 10.3.4 A1.2.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AU-9 CM-6 CM-9 PM-11 PM-17 SA-1(1) SA-10(1) SC-16(1) SI-1 SI-4 SI-7 SI-7(1) SI-7(3) SI-7(7)',
    ),
    ...requirements('SOC 2', 'CC7.3 PI1.3'),
  ],
  description:
    'LogFileValidationEnabled must be true for every trail of the account, so that CloudTrail delivers signed digest files with the logs.',
  rationale: 'Without digest files it cannot be proven that a log was not altered or deleted after delivery.',
  guidance: 'Enable log file validation on the trail, and verify the logs with `aws cloudtrail validate-logs`.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(
      CloudTrailClient,
      UpdateTrailCommand,
      (ref) => ({ Name: ownTrailName(ref.resourceId, ref.accountId) ?? '' }),
      ['EnableLogFileValidation'],
    ),
  ],
  parameters: {},
  evaluate({ ref, trail: { LogFileValidationEnabled } }) {
    const name = ownTrailName(ref.resourceId, ref.accountId);
    if (name === null) return notApplicable('The trail belongs to another account.');
    if (LogFileValidationEnabled === true) return compliant(`${name} writes digest files.`);
    return nonCompliant(`${name} writes no digest files: log file validation is off.`);
  },
  plan({ ref }) {
    const name = ownTrailName(ref.resourceId, ref.accountId);
    return name === null ? [] : [set(CloudTrailClient, UpdateTrailCommand, { Name: name }, off, on, { permissions })];
  },
});
