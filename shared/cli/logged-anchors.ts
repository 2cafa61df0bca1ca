import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { messageOf } from '../aws/error-message.ts';
import { outputsOf, stackNamed } from '../doctor/deployment.ts';
import { ANCHOR_MEMBER, type Anchor, type AnchorReading, anchorsIn } from '../ledger/anchors.ts';
import type { Aws } from '../resource.ts';
import { DAY_MS, systemClock } from '../time.ts';
import { ANCHOR_LOG_OUTPUT } from './anchor-log.ts';

/** The anchors in the logs of a deployment. */
export interface LoggedAnchors extends AnchorReading {
  /** What could not be read, and why, in sentences: without it nothing is verified by the logs. */
  readonly unread: readonly string[];
}

/** One log group. Times in milliseconds since 1970. */
interface LogGroupReading {
  readonly anchors: readonly Anchor[];
  /** The time of its first anchor. */
  readonly oldest: number;
  /** What is older than this CloudWatch Logs deletes, sooner or later. */
  readonly expiry: number;
}

/** Reads the anchors in all log groups of the deployment whose ledger the table is. Never throws: what cannot be read is named. `table`: null for a local ledger. */
export async function loggedAnchors(aws: Aws, stack: string, table: string | null): Promise<LoggedAnchors> {
  const now = systemClock.now().getTime();
  const unread: string[] = [];
  const read: LogGroupReading[] = [];
  try {
    for (const logGroupName of await logGroupsOf(aws, stack, table)) {
      try {
        read.push(await readLogGroup(aws, logGroupName, now));
      } catch (error) {
        unread.push(`${logGroupName}: ${messageOf(error)}`);
      }
    }
  } catch (error) {
    unread.push(messageOf(error));
  }
  const oldest = Math.min(...read.map((group) => group.oldest));
  const since = oldest === Number.POSITIVE_INFINITY ? null : Math.max(oldest, ...read.map(({ expiry }) => expiry));
  return { anchors: read.flatMap(({ anchors }) => anchors), since, now, unread };
}

/** The log groups of the deployment's functions and of the command. Throws where there are none, or they cannot be listed. */
async function logGroupsOf(aws: Aws, stack: string, table: string | null): Promise<readonly string[]> {
  if (table === null) throw new Error('this ledger is no deployment, and its records are in no log');
  const outputs = outputsOf(await stackNamed(aws, stack));
  if (outputs.LedgerTable !== table) throw new Error(`${table} is not the ledger of the stack ${stack}: use --stack`);
  if (!outputs[ANCHOR_LOG_OUTPUT]) throw new Error(`the stack ${stack} keeps no anchors yet: deploy it again`);
  const names: string[] = [];
  const pages = paginateListStackResources({ client: aws(CloudFormationClient) }, { StackName: stack });
  for await (const { StackResourceSummaries = [] } of pages)
    for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
      if (ResourceType === 'AWS::Logs::LogGroup' && PhysicalResourceId) names.push(PhysicalResourceId);
  return names;
}

async function readLogGroup(aws: Aws, logGroupName: string, now: number): Promise<LogGroupReading> {
  const client = aws(CloudWatchLogsClient);
  const retention = await retentionDaysOf(client, logGroupName);
  const anchors: Anchor[] = [];
  let oldest = Number.POSITIVE_INFINITY;
  for await (const { events = [] } of paginateFilterLogEvents(
    { client },
    { logGroupName, filterPattern: `"${ANCHOR_MEMBER}"` },
  ))
    for (const { message = '', timestamp = now } of events) {
      const found = anchorsIn(message);
      anchors.push(...found);
      if (found.length > 0) oldest = Math.min(oldest, timestamp);
    }
  return { anchors, oldest, expiry: retention === null ? Number.NEGATIVE_INFINITY : now - retention * DAY_MS };
}

/** How long a log group keeps its events; null for ever. Throws where there is no such log group. */
async function retentionDaysOf(client: CloudWatchLogsClient, name: string): Promise<number | null> {
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: name }))
    for (const { logGroupName, retentionInDays } of logGroups)
      if (logGroupName === name) return retentionInDays ?? null;
  throw new Error('there is no such log group');
}
