import { parseArgs } from 'node:util';
import { SQSClient } from '@aws-sdk/client-sqs';
import { loadContent } from '../scripts/catalogue.ts';
import { configuredTree } from '../scripts/sandbox/configured-tree.ts';
import { deploymentOf, layRegion } from '../scripts/sandbox/deployment.ts';
import { LOCAL_REGION, openLocalAccount, reportError, talkOnlyTo } from '../scripts/sandbox/local.ts';
import { oneAtATime } from '../scripts/sandbox/serial-proxy.ts';
import { awsClients } from '../shared/aws/clients.ts';
import { countsIn } from '../shared/cli/costs/counts.ts';
import { catalogueOf } from './catalogue.ts';
import { billTable, causesTable, countsTable, pricesTable, variantsTable } from './cost-tables.ts';
import { measure, SLACK_SECRET } from './measure.ts';
import { tallying } from './tally.ts';

/** `npm run bench:cost`: what Evenkeel costs in a month, from what the deployed functions do on a local account and AWS's price list. Prints the tables of docs/costs.md and writes nothing. */
const { values } = parseArgs({ options: { times: { type: 'string', default: '20' } } });

/** Every control in the mode that it recommends, but for the one that would encrypt the volumes of which people are to be notified; and no limit that a load would meet. */
const POLICY = `defaults: { mode: recommended }\ncontrols: { ec2-ebs-encryption-by-default-enabled: { mode: 'off' } }\nlimits: { remediationsPerHour: 100000 }\n`;
const ACCOUNT = '123456789012';

async function main(): Promise<void> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const sandbox = await openLocalAccount({ say });
  const built = await configuredTree(POLICY, { slackSecret: `secretsmanager:${SLACK_SECRET}` });
  try {
    talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
    say('deploys');
    await built.deploy({ ...process.env } as Record<string, string>);
    const clients = awsClients();
    const aws = (region = LOCAL_REGION) => clients(region);
    const deployment = await deploymentOf('evenkeel-prod', built.folder, aws());
    const regions = (deployment.outputs.Regions ?? '').split(',');
    for (const region of regions.slice(1)) await layRegion(deployment, built.folder, region, aws);
    const tally = tallying();
    const endpoint = await oneAtATime(sandbox.endpoint, tally.see);
    const reader = new SQSClient({ endpoint, region: LOCAL_REGION, useQueueUrlAsEndpoint: false });
    const bench = { deployment, accountId: ACCOUNT, regions, aws, endpoint, reader, tally };
    const catalogue = catalogueOf(await loadContent());
    const counts = countsTable({ ...(await measure(bench, Number(values.times), say)), catalogue });
    // From the numbers as they are printed, so that a page with them computes the same.
    const measured = countsIn(counts);
    const tables = [counts, billTable(measured), causesTable(measured), variantsTable(measured), pricesTable()];
    process.stdout.write(`${tables.join('\n\n')}\n`);
  } finally {
    built.remove();
    await sandbox.stop();
  }
}

try {
  await main();
} catch (error) {
  process.exitCode = reportError('bench:cost', error);
}
process.exit();
