import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { secret } from '../../resources/secretsmanager/secret.ts';
import { counted } from '../../text.ts';
import { DAY_MS, daysSince } from '../../time.ts';

/** A rotation takes place within a window of up to a day after the date. */
const WINDOW_MS = DAY_MS;

export default defineControl({
  id: 'secretsmanager-secret-rotation-enabled',
  title: 'Secrets must have automatic rotation enabled, and rotate in time',
  severity: 'MEDIUM',
  resource: secret,
  needs: ['rotation'],
  securityControlIds: ['SecretsManager.1', 'SecretsManager.2', 'SecretsManager.4'],
  relatedRequirements: [
    'AWS FSBP SecretsManager.1',
    'AWS FSBP SecretsManager.2',
    'AWS FSBP SecretsManager.4',
    ...requirements('PCI DSS v4.0', '3.5.1 8.2.2 8.3.2 8.3.5 8.3.7 8.3.9 8.3.10.1 8.6.3'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(1) AC-3(3) AC-3(4) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-24 CM-5(1) SC-23(3)',
    ),
  ],
  description:
    'Automatic rotation must be enabled for every secret, its next rotation must not be overdue by more than a day, and the last one (or its creation) not be longer ago than allowed. Secrets that a service owns and rotates, replicas, which rotate with their primary secret, and secrets that are scheduled for deletion are not evaluated.',
  rationale:
    'A secret that never changes stays usable by everybody who ever had access to it, and a failed rotation leaves the old one valid unnoticed.',
  guidance:
    'Configure rotation with a function that changes the secret where it is used (AWS has templates for its databases), or use managed rotation. Where a rotation failed, check the log of its function. A secret that cannot rotate needs an exemption.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    maxAgeDays: {
      description: 'Days after which a secret must have rotated, whatever its own schedule is.',
      type: 'integer',
      minimum: 1,
      default: 90,
    },
  },
  evaluate({ ref, rotation }, { parameters: { maxAgeDays }, now }) {
    if (rotation.DeletedDate !== null) return notApplicable('The secret is scheduled for deletion.');
    if (rotation.OwningService !== null) return notApplicable(`The secret is rotated by ${rotation.OwningService}.`);
    if (rotation.PrimaryRegion !== null && rotation.PrimaryRegion !== ref.region)
      return notApplicable(`The secret is a replica of the one in ${rotation.PrimaryRegion}.`);
    if (!rotation.RotationEnabled) return nonCompliant('The secret does not rotate.');
    const { NextRotationDate, LastRotatedDate, CreatedDate } = rotation;
    if (NextRotationDate !== null && now.getTime() > Date.parse(NextRotationDate) + WINDOW_MS)
      return nonCompliant(`The secret should have rotated on ${NextRotationDate.slice(0, 10)}.`, ['overdue']);
    const days = daysSince(LastRotatedDate ?? CreatedDate, now);
    if (days <= maxAgeDays) return compliant('The secret rotates.');
    const what = LastRotatedDate === null ? 'has not rotated since it was created' : 'rotated last';
    return nonCompliant(`The secret ${what} ${counted(days, 'day')} ago; allowed are ${maxAgeDays}.`, ['age']);
  },
});
