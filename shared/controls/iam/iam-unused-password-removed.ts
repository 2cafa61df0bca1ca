import { compliant, defineControl, nonCompliant, type State } from '../../control.ts';
import { user } from '../../resources/iam/user.ts';
import { counted } from '../../text.ts';
import { daysSince } from '../../time.ts';

/** Days since a password was used, or created where that is later; null without a password. */
function idleDays(
  { loginProfile, passwordLastUsed }: State<typeof user.facets, 'loginProfile' | 'passwordLastUsed'>,
  now: Date,
): number | null {
  if (loginProfile === null) return null;
  const since = [loginProfile.CreateDate, passwordLastUsed ?? loginProfile.CreateDate];
  return Math.min(...since.map((date) => daysSince(date, now)));
}

export default defineControl({
  id: 'iam-unused-password-removed',
  title: 'Console passwords that are not used for 45 days must be removed',
  severity: 'MEDIUM',
  resource: user,
  needs: ['passwordLastUsed', 'loginProfile'],
  securityControlIds: ['IAM.8', 'IAM.22'],
  relatedRequirements: ['CIS AWS v3.0 1.12', 'CIS AWS v5.0 1.11'],
  description:
    'The console password of an IAM user must have been used, or created, within the allowed number of days: 45 as IAM.22 and CIS require, where IAM.8 allows 90. Access keys, which the same Security Hub controls evaluate, are evaluated by iam-unused-credentials-disabled. A deleted password cannot be restored: removing it is left to a person.',
  rationale: 'An unused password often belongs to a person who has left, and its use by an attacker is not noticed.',
  guidance:
    'Ask whether the user still works here. If not, remove the password, the keys, and the user; if so, set a new password when it is needed. Better: let people sign in through IAM Identity Center.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    maxUnusedDays: {
      description: 'Days without use after which a console password is non-compliant.',
      type: 'integer',
      minimum: 1,
      default: 45,
    },
  },
  evaluate(state, { parameters: { maxUnusedDays }, now }) {
    // First, since a deleted user answers like one without a password.
    const { passwordLastUsed } = state;
    const days = idleDays(state, now);
    if (days === null) return compliant('The user has no password for the console.');
    if (days <= maxUnusedDays)
      return compliant(`The password was used, or created, in the last ${counted(maxUnusedDays, 'day')}.`);
    const what = passwordLastUsed === null ? 'never used since it was created' : 'last used, or created,';
    return nonCompliant(`The password was ${what} ${counted(days, 'day')} ago; allowed are ${maxUnusedDays}.`, [
      'password',
    ]);
  },
});
