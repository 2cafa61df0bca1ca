import { deactivate, keyActivated } from '../../aws/iam/access-keys.ts';
import { compliant, defineControl, nonCompliant, type State } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { user } from '../../resources/iam/user.ts';
import { counted } from '../../text.ts';
import { daysSince } from '../../time.ts';

type Key = State<typeof user.facets, 'accessKeyUse'>['accessKeyUse'][number];

/** Days since the key was used, or created where it never was. */
const idleDays = ({ LastUsedDate, CreateDate }: Key, now: Date): number => daysSince(LastUsedDate ?? CreateDate, now);

const unused = (keys: readonly Key[], maxUnusedDays: number, now: Date): readonly Key[] =>
  keys.filter((key) => key.Status === 'Active' && idleDays(key, now) > maxUnusedDays);

export default defineControl({
  id: 'iam-unused-credentials-disabled',
  title: 'Access keys that are not used for 45 days must be deactivated',
  severity: 'MEDIUM',
  resource: user,
  needs: ['accessKeyUse'],
  securityControlIds: ['IAM.8', 'IAM.22'],
  relatedRequirements: [
    'AWS FSBP IAM.8',
    'CIS AWS v3.0 1.12',
    'CIS AWS v5.0 1.11',
    ...requirements('PCI DSS v4.0', '7.2.4 7.2.5.1 8.2.6 A3.4.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2 AC-2(1) AC-2(3) AC-2(6) AC-3 AC-3(3) AC-3(4) AC-3(7) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-6 AC-24 CM-5(1) CM-6 CM-9 MP-2 SC-23(3)',
    ),
    'SOC 2 CC1.3',
  ],
  description:
    'Every active access key of an IAM user must have been used, or created, within the allowed number of days: 45 as IAM.22 and CIS require, where IAM.8 allows 90. AWS reports the last use with a delay of some hours. Passwords, which the same Security Hub controls evaluate, are evaluated by iam-unused-password-removed.',
  rationale: 'When an unused key is leaked, neither its loss nor its use by an attacker is noticed.',
  guidance:
    'Ask the owner what the key is for. Leave it deactivated for some weeks, then delete it; activate it again if a rare job fails (a yearly report, a disaster recovery).',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions: deactivate.permissions,
  undoCalls: [keyActivated],
  parameters: {
    maxUnusedDays: {
      description: 'Days without use after which an active access key is non-compliant.',
      type: 'integer',
      minimum: 1,
      default: 45,
    },
  },
  evaluate({ accessKeyUse }, { parameters: { maxUnusedDays }, now }) {
    const idle = unused(accessKeyUse, maxUnusedDays, now);
    if (idle.length === 0)
      return compliant(`Every active access key was used in the last ${counted(maxUnusedDays, 'day')}.`);
    const words = idle.map((key) => {
      const since = key.LastUsedDate === null ? 'never used since it was created' : 'last used';
      return `${key.AccessKeyId} was ${since} ${counted(idleDays(key, now), 'day')} ago`;
    });
    return nonCompliant(
      `${words.join(', ')}; allowed are ${maxUnusedDays}.`,
      idle.map(({ AccessKeyId }) => AccessKeyId),
    );
  },
  plan: ({ ref, accessKeyUse }, { parameters: { maxUnusedDays }, now }) =>
    unused(accessKeyUse, maxUnusedDays, now).map((key) => deactivate(ref.resourceId, key)),
});
