import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { parseArn } from '../aws/arn.ts';
import { messageOf } from '../aws/error-message.ts';
import { DEFAULT_STACK, outputsOf, stackNamed } from '../doctor/deployment.ts';
import { IN_MEMORY } from '../doctor/ledger.ts';
import { hashOf } from '../hash.ts';
import { dynamoLedger } from '../ledger/dynamodb.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { memoryLedger } from '../ledger/memory.ts';
import { ledgerIn } from '../ledger/stored-ledger.ts';
import type { Aws } from '../resource.ts';
import { withoutErrorNames } from '../text.ts';
import { commandAnchorLog } from './anchor-log.ts';
import { awsProblem } from './aws-problem.ts';
import { callerOf } from './caller.ts';
import type { RunClients } from './clients.ts';
import { UsageError } from './errors.ts';
import { homeRegion, requiredRegion } from './options.ts';

/** The ledger of a run. */
export interface ChosenLedger {
  readonly ledger: Ledger;
  /** For people: the table or file. */
  readonly source: string;
  /** The home region of the deployment whose ledger it is; null for a ledger of the command's own. */
  readonly home: string | null;
  /** The DynamoDB table; null for a local ledger. */
  readonly table: string | null;
  /** The URL of the queue that the deployment's outcomes are sent to; absent where they are not subscribed to. */
  readonly outcomes?: string;
}

interface LedgerOptions {
  readonly stack?: string;
  /** True for a run that writes nothing: it creates no file either. */
  readonly isDryRun: boolean;
}

/** For SQLite, as for us: no file. */
const MEMORY_PATH = ':memory:';
const NAME_IT = "name the deployment's table with EVENKEEL_TABLE, or a local file with EVENKEEL_LEDGER";

/** The ledger of EVENKEEL_TABLE or EVENKEEL_LEDGER; else of the deployment that is found by its stack; else, where there is none, the local file of the account. Throws where AWS does not say whether there is a deployment, UsageError without a region or where the file cannot be opened. */
export async function ledgerOf(
  clients: RunClients,
  { stack = DEFAULT_STACK, isDryRun }: LedgerOptions,
): Promise<ChosenLedger> {
  const { EVENKEEL_TABLE: table, EVENKEEL_LEDGER: file } = process.env;
  if (table) return inTable(clients, { table, stack, region: requiredRegion() });
  if (file) return inFile(file, isDryRun);
  if (homeRegion() === '')
    throw new UsageError(`no region to look for the ledger in: give --region, or set AWS_REGION; or ${NAME_IT}`);
  const found = await orUnknown(() => deployedLedger(clients, stack));
  if (found !== null) return found;
  const { accountId } = await orUnknown(() => callerOf(clients.lookUps));
  return inFile(localFile(accountId), isDryRun);
}

interface DeployedTable {
  readonly table: string;
  readonly stack: string;
  readonly region: string;
}

const inTable = ({ aws, lookUps }: RunClients, { table, stack, region }: DeployedTable): ChosenLedger => ({
  ledger: dynamoLedger(
    aws(region),
    table,
    commandAnchorLog({ aws: aws(region), lookUps: lookUps(region) }, stack, table),
  ),
  source: region === homeRegion() ? `ledger ${table}` : `ledger ${table} in ${region}`,
  home: region,
  table,
});

async function inFile(path: string, isDryRun: boolean): Promise<ChosenLedger> {
  const source = path === MEMORY_PATH ? IN_MEMORY : `ledger ${path}`;
  if (path === MEMORY_PATH || (isDryRun && !existsSync(path)))
    return { ledger: memoryLedger(), source, home: null, table: null };
  // SQLite is loaded only where it is used.
  const { sqliteStore } = await import('../ledger/sqlite.ts');
  try {
    return { ledger: ledgerIn(sqliteStore(path)), source, home: null, table: null };
  } catch (error) {
    throw new UsageError(`cannot open the ledger ${path}: ${messageOf(error)}`);
  }
}

/** Throws UsageError for a ledger that ends with the command: what is only written there would be gone at once. */
export function assertKept({ source }: Pick<ChosenLedger, 'source'>): void {
  if (source !== IN_MEMORY) return;
  throw new UsageError(`EVENKEEL_LEDGER ${MEMORY_PATH}: nothing outlives the command there; unset it, or name a file`);
}

/** The file of an account; a local endpoint, whose accounts are others, has one of its own. */
export function localFile(accountId: string): string {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const name = endpoint ? `${accountId}-${hashOf(endpoint).slice(0, 12)}` : accountId;
  return join(homedir(), '.local', 'state', 'evenkeel', `${name}.sqlite`);
}

/** The deployment's ledger; null where there is no deployment. Throws for every other answer. */
async function deployedLedger(clients: RunClients, stack: string): Promise<ChosenLedger | null> {
  const region = homeRegion();
  const own = await ledgerOfStack(clients, stack, region);
  if (own !== null) return own;
  const home = await homeOfForwarding(clients, stack, region);
  return home === null || home === region ? null : ledgerOfStack(clients, stack, home);
}

async function ledgerOfStack(clients: RunClients, stack: string, region: string): Promise<ChosenLedger | null> {
  const found = await stackNamed(clients.lookUps(region), stack);
  if (found === null) return null;
  const { LedgerTable: table, OutcomesQueue: outcomes } = outputsOf(found);
  if (!table) throw new Error(`the stack ${stack} in ${region} (${found.StackStatus}) has no output LedgerTable`);
  const ledger = inTable(clients, { table, stack, region });
  return outcomes === undefined ? ledger : { ...ledger, outcomes };
}

/** The region to which a deployment forwards the events of this one; null where nothing forwards them. */
async function homeOfForwarding({ lookUps }: RunClients, stack: string, region: string): Promise<string | null> {
  const rule = `${stack}-forward-1`;
  const targets = await targetsOf(lookUps(region), rule);
  if (targets.length === 0) return null;
  const bus = targets.map(parseArn).find((target) => target?.resource === `event-bus/${stack}`);
  if (!bus) throw new Error(`the rule ${rule} in ${region} does not forward to the bus ${stack}`);
  const { accountId } = await callerOf(lookUps);
  if (bus.accountId !== accountId)
    throw new Error(`the rule ${rule} in ${region} forwards to account ${bus.accountId}, this one is ${accountId}`);
  return bus.region;
}

/** The ARNs of a rule's targets; none where there is no such rule. */
async function targetsOf(aws: Aws, Rule: string): Promise<readonly string[]> {
  try {
    const { Targets = [] } = await aws(EventBridgeClient).send(new ListTargetsByRuleCommand({ Rule }));
    return Targets.map(({ Arn = '' }) => Arn);
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw error;
  }
}

/** Without its ledger a run knows of no pause and no exemption: the command ends. */
async function orUnknown<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    // Without valid credentials no other ledger can be read either.
    if (awsProblem(error)?.isOfCredentials === true) throw error;
    throw new Error(`cannot tell where the ledger is: ${withoutErrorNames(messageOf(error))}; ${NAME_IT}`);
  }
}
