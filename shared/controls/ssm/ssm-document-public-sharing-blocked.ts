import { ResetServiceSettingCommand, SSMClient, UpdateServiceSettingCommand } from '@aws-sdk/client-ssm';
import { compliant, defineControl, nonCompliant, settling } from '../../control.ts';
import { PUBLIC_SHARING, PUBLIC_SHARING_ARN, ssmAccount } from '../../resources/ssm/account.ts';
import { type Step, step, undoneBy } from '../../step.ts';

const permissions = { 'ssm:UpdateServiceSetting': PUBLIC_SHARING_ARN };
const elements = ['public sharing of documents'];
const SettingId = PUBLIC_SHARING;
const BLOCKED = 'Disable';

const update = (SettingValue: string, undo?: () => readonly Step[]): Step =>
  step(
    SSMClient,
    UpdateServiceSettingCommand,
    { SettingId, SettingValue },
    { permissions, elements, ...(undo && { undo }) },
  );

/** A setting that nobody ever made is reset, so that it follows AWS's default again. */
const restore = ({ value, status }: { readonly value: string; readonly status: string }): Step =>
  status === 'Default' ? step(SSMClient, ResetServiceSettingCommand, { SettingId }, { elements }) : update(value);

export default defineControl({
  id: 'ssm-document-public-sharing-blocked',
  title: 'Public sharing of SSM documents must be blocked in every region',
  severity: 'CRITICAL',
  resource: ssmAccount,
  needs: ['documentSharing'],
  securityControlIds: ['SSM.7'],
  relatedRequirements: ['AWS FSBP SSM.7'],
  description:
    'The setting of Systems Manager that blocks public sharing of documents must be on, in each region: no document can then be shared with all accounts. AWS has it off by default. Documents that are public already are evaluated by ssm-document-public-access-prohibited.',
  rationale:
    'A public document shows everybody how instances are managed, with every name, address and secret in it; with the block nobody can share one with everybody by mistake.',
  guidance:
    'Block public sharing under Systems Manager > Documents > Preferences. Documents that have to be public belong into an account of their own.',
  impact: 'access',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(SSMClient, UpdateServiceSettingCommand, () => ({ SettingId }), ['SettingValue']),
    undoneBy(SSMClient, ResetServiceSettingCommand, () => ({ SettingId }), [], {
      permissions: { 'ssm:ResetServiceSetting': PUBLIC_SHARING_ARN },
    }),
  ],
  parameters: {},
  evaluate({ ref, documentSharing: { value, status } }) {
    if (value === BLOCKED) return compliant(`Public sharing of documents is blocked in ${ref.region}.`);
    const says = `Public sharing of documents is not blocked in ${ref.region}.`;
    return status === 'PendingUpdate' ? settling(says, '1m') : nonCompliant(says);
  },
  plan: ({ documentSharing }) => [update(BLOCKED, () => [restore(documentSharing)])],
});
