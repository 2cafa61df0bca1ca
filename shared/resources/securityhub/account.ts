import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type Aws, call, defineResource, onResources, orNull } from '../../resource.ts';
import securityhub from './service.ts';

/** What Security Hub answers an account that has not enabled it. */
const NOT_ENABLED = ['InvalidAccessException', 'ResourceNotFoundException'];

/** The hub of Security Hub CSPM; null where it is not enabled. */
async function readHub(aws: Aws) {
  const answer = await orNull(aws(SecurityHubClient).send(new DescribeHubCommand({})), ...NOT_ENABLED);
  return answer === null ? null : { HubArn: carried('DescribeHub', 'HubArn', answer.HubArn) };
}

/** Security Hub CSPM in an account and region. */
export const securityHubAccount = defineResource({
  service: securityhub,
  type: 'AWS::::Account',
  triggers: [
    call('securityhub.amazonaws.com', ['EnableSecurityHub', 'DisableSecurityHub', 'BatchDisableStandards'], {
      ids: ({ accountId }) => [accountId],
      facets: ['hub'],
    }),
  ],
  gone: [],
  facets: {
    hub: {
      grants: onResources(
        'arn:${AWS::Partition}:securityhub:*:${AWS::AccountId}:hub/default',
        'securityhub:DescribeHub',
      ),
      read: readHub,
    },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'securityhub/home#/settings/general'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
