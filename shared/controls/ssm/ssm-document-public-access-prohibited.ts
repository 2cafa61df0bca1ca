import { ModifyDocumentPermissionCommand, SSMClient } from '@aws-sdk/client-ssm';
import { unsharedWithEverybody } from '../../aws/public-sharing.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import type { ResourceRef } from '../../resource.ts';
import { document } from '../../resources/ssm/document.ts';

const target = ({ resourceId: Name }: ResourceRef) => ({ Name, PermissionType: 'Share' as const });

export default defineControl({
  id: 'ssm-document-public-access-prohibited',
  title: 'SSM documents must not be public',
  severity: 'CRITICAL',
  resource: document,
  needs: ['sharing'],
  securityControlIds: ['SSM.4'],
  relatedRequirements: ['AWS FSBP SSM.4', ...requirements('PCI DSS v4.0', '3.5.1.3 10.3.2 A1.1.2 A3.4.1')],
  description:
    'A document of the account may not be shared with all accounts. Accounts that it is shared with by id remain. The account setting that blocks public sharing of documents (SSM.7) is evaluated by ssm-document-public-sharing-blocked.',
  rationale: 'A public document shows everybody how instances are managed, with every name, address and secret in it.',
  guidance:
    'Make the document private, share it by id with the accounts that need it, and rotate the secrets that it holds. Block public sharing of documents in the settings of Systems Manager, in each region.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  ...unsharedWithEverybody(SSMClient, ModifyDocumentPermissionCommand, {
    permissions: { 'ssm:ModifyDocumentPermission': 'arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:document/*' },
    element: 'sharing with all',
    remove: (ref) => ({ ...target(ref), AccountIdsToRemove: ['all'] }),
    add: (ref) => ({ ...target(ref), AccountIdsToAdd: ['all'] }),
  }),
  evaluate: ({ sharing }) =>
    sharing.public
      ? nonCompliant('The document is shared with all accounts.')
      : compliant('The document is not public.'),
});
