import { DisableSecurityHubCommand, EnableSecurityHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { securityHubAccount } from '../../resources/securityhub/account.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';

const SERVICE_ROLES = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/';

const HUBS = 'arn:${AWS::Partition}:securityhub:*:${AWS::AccountId}:hub/default';

const enable = stepBuilder(
  {
    'securityhub:EnableSecurityHub': HUBS,
    'iam:CreateServiceLinkedRole': {
      resources: `${SERVICE_ROLES}securityhub.amazonaws.com/*`,
      condition: { StringEquals: { 'iam:AWSServiceName': 'securityhub.amazonaws.com' } },
    },
  },
  (EnableDefaultStandards: boolean) => {
    const elements = ['hub'];
    const undo = () => [step(SecurityHubClient, DisableSecurityHubCommand, {}, { elements })];
    const satisfiedBy = ['ResourceConflictException'];
    return step(
      SecurityHubClient,
      EnableSecurityHubCommand,
      { EnableDefaultStandards },
      { elements, satisfiedBy, undo },
    );
  },
);

export default defineControl({
  id: 'securityhub-hub-enabled',
  title: 'Security Hub CSPM must be enabled in every region',
  severity: 'MEDIUM',
  resource: securityHubAccount,
  needs: ['hub'],
  securityControlIds: [],
  relatedRequirements: ['CIS AWS v3.0 4.16', 'CIS AWS v5.0 4.16'],
  description:
    'Security Hub CSPM (DescribeHub) must be enabled in each region; the newer Security Hub is not evaluated. The remediation is opt-in, since Security Hub CSPM is charged by its checks, which also require AWS Config. It restores neither standards that were disabled nor the findings of a hub that was disabled.',
  rationale: 'Disabling Security Hub hides the findings of all services that report to it, with one call.',
  guidance:
    'Find out who disabled it, enable it, and enable its standards again; in an organization, with its administrator account.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: enable.permissions,
  undoCalls: [
    undoneBy(SecurityHubClient, DisableSecurityHubCommand, () => ({}), [], {
      permissions: { 'securityhub:DisableSecurityHub': HUBS },
    }),
  ],
  parameters: {
    defaultStandards: {
      description: 'Whether the default standards of Security Hub are enabled with it.',
      type: 'boolean',
      default: true as boolean,
    },
  },
  evaluate: ({ ref, hub }) =>
    hub === null
      ? nonCompliant(`Security Hub CSPM is not enabled in ${ref.region}.`)
      : compliant(`Security Hub CSPM is enabled in ${ref.region}.`),
  plan: (_state, { parameters }) => [enable(parameters.defaultStandards)],
});
