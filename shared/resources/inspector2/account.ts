import { BatchGetAccountStatusCommand, Inspector2Client } from '@aws-sdk/client-inspector2';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, type ResourceRef } from '../../resource.ts';
import inspector2 from './service.ts';

/** What an administrator changes for other accounts is their affair; without a list the call is about the own account. */
function ownAccount({ accountId, request }: CallRecord): readonly string[] {
  const asked = strings(request, 'accountIds');
  return asked.length === 0 || asked.includes(accountId) ? [accountId] : [];
}

/** Whether Inspector scans, by kind; an account that never enabled it may be left out of the answer. */
async function readScanning(aws: Aws, { accountId }: ResourceRef) {
  const asked = new BatchGetAccountStatusCommand({ accountIds: [accountId] });
  const { accounts, failedAccounts = [] } = await aws(Inspector2Client).send(asked);
  const [failed] = failedAccounts;
  if (failed !== undefined) throw new Error(`Inspector: ${failed.errorCode}: ${failed.errorMessage}`);
  const state = carried('BatchGetAccountStatus', 'accounts', accounts).find((one) => one.accountId === accountId);
  const { ec2, ecr, lambda, lambdaCode } = state?.resourceState ?? {};
  const statusOf = (kind: { readonly status?: string | undefined } | undefined) => kind?.status ?? 'DISABLED';
  return { EC2: statusOf(ec2), ECR: statusOf(ecr), LAMBDA: statusOf(lambda), LAMBDA_CODE: statusOf(lambdaCode) };
}

/** Amazon Inspector in an account and region: what it scans. */
export const inspectorAccount = defineResource({
  service: inspector2,
  type: 'AWS::::Account',
  triggers: [
    call('inspector2.amazonaws.com', ['Enable', 'Disable'], {
      ids: ownAccount,
      find: async () => [],
      facets: ['scanning'],
    }),
  ],
  gone: [],
  facets: { scanning: { grants: onEverything('inspector2:BatchGetAccountStatus'), read: readScanning } },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'inspector/v2/home#/settings/account'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
