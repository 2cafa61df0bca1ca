import { deactivate, keyActivated } from '../../aws/iam/access-keys.ts';
import { compliant, defineControl, nonCompliant, type State } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { user } from '../../resources/iam/user.ts';
import { counted } from '../../text.ts';
import { daysSince } from '../../time.ts';

type AccessKey = State<typeof user.facets, 'accessKeys'>['accessKeys'][number];

/** The active keys that are older than allowed. */
const overdue = (keys: readonly AccessKey[], maxAgeDays: number, now: Date): readonly AccessKey[] =>
  keys.filter((key) => key.Status === 'Active' && daysSince(key.CreateDate, now) > maxAgeDays);

export default defineControl({
  id: 'iam-access-key-rotated',
  title: 'Access keys must be rotated within 90 days',
  severity: 'MEDIUM',
  resource: user,
  needs: ['accessKeys'],
  securityControlIds: ['IAM.3'],
  relatedRequirements: [
    'AWS FSBP IAM.3',
    'CIS AWS v3.0 1.14',
    'CIS AWS v5.0 1.13',
    ...requirements('PCI DSS v4.0', '8.3.5 8.3.7 8.3.9 8.3.10.1 8.6.3'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(1) AC-3(3) AC-3(4) AC-3(8) AC-3(12) AC-3(13) AC-3(15) AC-4(28) AC-24 CM-5(1) CM-6 CM-9 SC-23(3)',
    ),
  ],
  description:
    'Every active access key of an IAM user must be younger than the allowed age. Keys that are inactive are not evaluated.',
  rationale:
    'A leaked key stays valid until it is replaced. The older a key is, the more laptops, pipelines and backups it has been copied to.',
  guidance:
    'Create a second key, give it to whatever uses the first one, check under "last used" that the first one is no longer used, deactivate it, and delete it some days later. Better: replace the key with a role.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: deactivate.permissions,
  undoCalls: [keyActivated],
  parameters: {
    maxAgeDays: {
      description: 'Age in days up to which an active access key is compliant.',
      type: 'integer',
      minimum: 1,
      default: 90,
    },
  },
  evaluate({ accessKeys }, { parameters: { maxAgeDays }, now }) {
    const old = overdue(accessKeys, maxAgeDays, now);
    if (old.length === 0) return compliant(`No active access key is older than ${counted(maxAgeDays, 'day')}.`);
    const ages = old.map((key) => `${key.AccessKeyId} is ${counted(daysSince(key.CreateDate, now), 'day')} old`);
    return nonCompliant(
      `${ages.join(', ')}; allowed are ${maxAgeDays}.`,
      old.map(({ AccessKeyId }) => AccessKeyId),
    );
  },
  plan: ({ ref, accessKeys }, { parameters: { maxAgeDays }, now }) =>
    overdue(accessKeys, maxAgeDays, now).map((key) => deactivate(ref.resourceId, key)),
});
