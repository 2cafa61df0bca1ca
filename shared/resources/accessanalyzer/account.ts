import { AccessAnalyzerClient, paginateListAnalyzers } from '@aws-sdk/client-accessanalyzer';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type Aws, call, defineResource, onEverything } from '../../resource.ts';
import accessanalyzer from './service.ts';

/** The analyzers that look for access from outside; others look for access that nobody uses, or for access within. */
const EXTERNAL: readonly string[] = ['ACCOUNT', 'ORGANIZATION'];

async function readAnalyzers(aws: Aws) {
  const found: { name: string; type: string; status: string }[] = [];
  for await (const { analyzers } of paginateListAnalyzers({ client: aws(AccessAnalyzerClient) }, {}))
    for (const { name, type, status } of carried('ListAnalyzers', 'analyzers', analyzers))
      found.push({
        name: carried('ListAnalyzers', 'name', name),
        type: carried('ListAnalyzers', 'type', type),
        status: carried('ListAnalyzers', 'status', status),
      });
  return found.filter(({ type }) => EXTERNAL.includes(type)).toSorted((a, b) => a.name.localeCompare(b.name));
}

/** IAM Access Analyzer in an account and region: its analyzers of external access. */
export const accessAnalyzerAccount = defineResource({
  service: accessanalyzer,
  type: 'AWS::::Account',
  triggers: [
    call('access-analyzer.amazonaws.com', ['CreateAnalyzer', 'DeleteAnalyzer'], {
      ids: ({ accountId }) => [accountId],
      facets: ['analyzers'],
    }),
  ],
  gone: [],
  facets: { analyzers: { grants: onEverything('access-analyzer:ListAnalyzers'), read: readAnalyzers } },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'access-analyzer/home#/settings'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
