import { GetServiceSettingCommand, SSMClient } from '@aws-sdk/client-ssm';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onResources } from '../../resource.ts';
import ssm from './service.ts';

/** The setting that says whether documents may be shared with everybody: `Enable` or `Disable`. */
export const PUBLIC_SHARING = '/ssm/documents/console/public-sharing-permission';
export const PUBLIC_SHARING_ARN = `arn:\${AWS::Partition}:ssm:*:\${AWS::AccountId}:servicesetting${PUBLIC_SHARING}`;

/** Settings of other parts of Systems Manager are changed by the same calls; an ARN ends with the id. */
const ids = ({ accountId, request }: CallRecord) =>
  strings(request, 'settingId').some((id) => id.endsWith(PUBLIC_SHARING)) ? [accountId] : [];

async function readDocumentSharing(aws: Aws) {
  const { ServiceSetting } = await aws(SSMClient).send(new GetServiceSettingCommand({ SettingId: PUBLIC_SHARING }));
  return {
    value: carried('GetServiceSetting', 'SettingValue', ServiceSetting?.SettingValue),
    /** `Default` where nobody ever set it. */
    status: carried('GetServiceSetting', 'Status', ServiceSetting?.Status),
  };
}

/** What an account has set for Systems Manager in one region. */
export const ssmAccount = defineResource({
  service: ssm,
  type: 'AWS::::Account',
  triggers: [
    call('ssm.amazonaws.com', ['UpdateServiceSetting', 'ResetServiceSetting'], {
      ids,
      find: async () => [],
      facets: ['documentSharing'],
    }),
  ],
  gone: [],
  facets: {
    documentSharing: {
      grants: onResources(PUBLIC_SHARING_ARN, 'ssm:GetServiceSetting'),
      read: readDocumentSharing,
    },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'systems-manager/documents/preferences'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
