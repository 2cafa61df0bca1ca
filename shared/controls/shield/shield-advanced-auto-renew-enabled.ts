import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { shieldAccount } from '../../resources/shield/account.ts';

export default defineControl({
  id: 'shield-advanced-auto-renew-enabled',
  title: 'A subscription to Shield Advanced must be renewed automatically',
  severity: 'LOW',
  resource: shieldAccount,
  needs: ['subscription'],
  lastKnown: ['subscription'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'A subscription to Shield Advanced must have AutoRenew ENABLED. An account that never subscribed is not evaluated, unless the parameter required is true; one that no longer subscribes is non-compliant. AWS Config has the rule shield-advanced-enabled-autorenew, which requires a subscription in any case.',
  rationale: 'When a subscription ends after its year, the protection and the response team end with it, unannounced.',
  guidance:
    'Enable automatic renewal in the Shield console. Evenkeel never does: a subscription commits the account to 3,000 USD a month for a year.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    required: {
      description: 'Whether the account must have a subscription.',
      type: 'boolean',
      default: false as boolean,
    },
  },
  evaluate({ subscription: { isActive, isRenewed } }, { parameters: { required }, lastKnown }) {
    if (isActive && isRenewed) return compliant('The subscription is renewed automatically.');
    if (isActive) return nonCompliant('The subscription ends after its year: AutoRenew is DISABLED.');
    if (lastKnown?.subscription?.isActive === true)
      return nonCompliant('The account had a subscription to Shield Advanced, and no longer has one.');
    return required
      ? nonCompliant('The account has no subscription to Shield Advanced.')
      : notApplicable('The account has no subscription to Shield Advanced, and none is required.');
  },
});
