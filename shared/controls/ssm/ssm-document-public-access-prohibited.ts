import { ModifyDocumentPermissionCommand, SSMClient } from '@aws-sdk/client-ssm';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { document } from '../../resources/ssm/document.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = { 'ssm:ModifyDocumentPermission': 'arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:document/*' };

const target = ({ resourceId: Name }: ResourceRef) => ({ Name, PermissionType: 'Share' as const });
const options = { permissions, elements: ['sharing with all'] };

export default defineControl({
  id: 'ssm-document-public-access-prohibited',
  title: 'SSM documents must not be public',
  severity: 'CRITICAL',
  resource: document,
  needs: ['sharing'],
  securityControlIds: ['SSM.4'],
  relatedRequirements: [],
  description:
    'A document of the account may not be shared with all accounts. Accounts that it is shared with by id remain. The setting of the account by which Systems Manager blocks public sharing (SSM.7) is another resource and not judged here.',
  rationale:
    'A public document shows everybody how instances are managed, with every name, address and secret that somebody wrote into it.',
  guidance:
    'Make the document private, share it by id with the accounts that need it, and rotate the secrets that it holds. Block public sharing of documents in the settings of Systems Manager, in each region.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  undoCalls: [
    undoneBy(SSMClient, ModifyDocumentPermissionCommand, (ref) => ({ ...target(ref), AccountIdsToAdd: ['all'] })),
  ],
  parameters: {},
  evaluate: ({ sharing }) =>
    sharing.public
      ? nonCompliant('The document is shared with all accounts.')
      : compliant('The document is not public.'),
  plan: ({ ref }) => [
    step(
      SSMClient,
      ModifyDocumentPermissionCommand,
      { ...target(ref), AccountIdsToRemove: ['all'] },
      {
        ...options,
        undo: () => [
          step(SSMClient, ModifyDocumentPermissionCommand, { ...target(ref), AccountIdsToAdd: ['all'] }, options),
        ],
      },
    ),
  ],
});
