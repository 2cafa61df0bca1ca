import type { Mode } from '../control.ts';
import type { Engine } from '../engine/context.ts';
import { notifierFromEnvironment, outcomesFromEnvironment } from '../lambda/environment.ts';
import { codeVersion } from '../lambda/version.ts';
import { type Ledger, readOnly } from '../ledger/ledger.ts';
import { consoleNotifier } from '../notify/console.ts';
import { atLeast, silent } from '../notify/notifier.ts';
import type { Policy } from '../policy/policy.ts';
import { visible } from '../text.ts';
import { systemClock } from '../time.ts';
import { type Caller, callerOf } from './caller.ts';
import { runClients } from './clients.ts';
import { assertKept, ledgerOf } from './ledger.ts';
import { type CommonOptions, homeRegion, type RunOptions } from './options.ts';
import { type ChosenPolicy, policyOf, policyOrDetect } from './policy.ts';
import { type Access, printHeader } from './run-header.ts';

/** A run of the command: what it works with. */
export interface CommandRun {
  readonly engine: Engine;
  /** The home region of the deployment whose ledger it is; null for a ledger of the command's own. */
  readonly home: string | null;
  /** The DynamoDB table of the ledger; null for a local one. */
  readonly table: string | null;
  /** For people: the ledger, and the policy in force. */
  readonly source: { readonly ledger: string; readonly policy: string };
  /** Who runs the command; AWS is asked once, without a default region in `otherwise`. Throws as `callerOf`. */
  caller(otherwise?: string): Promise<Caller>;
}

/** What a subcommand looks up before its header is printed: it throws for what was named and is not there, and an error of the input stands alone then. */
export type Check<T> = (run: CommandRun) => Promise<T>;

/** A run whose input is checked; `checked`: what its check has found. */
export type CheckedRun<T> = CommandRun & { readonly checked: T };

/** How far a run may go, and where, for its header. */
interface RunScope {
  readonly mode: Mode;
  readonly access: Access;
  readonly regions: string;
}

/** A run of a subcommand that reconciles resources. Throws PolicyError for an invalid policy, and as `ledgerOf` and the check. */
export function reconcilingRun<T = void>(options: RunOptions, regions: string, check?: Check<T>) {
  const { mode } = options;
  return startRun(options, { mode, access: mode, regions }, policyOf(options), check);
}

/** A run of a subcommand that acts on the resources that the ledger names; one with `dryRun` only reads. Throws PolicyError for an invalid policy, and as `ledgerOf` and the check. */
export function actingRun<T = void>(
  { dryRun = false, ...options }: CommonOptions & { readonly dryRun?: boolean },
  regions: string,
  check?: Check<T>,
) {
  const mode = dryRun ? 'detect' : 'remediate';
  return startRun(options, { mode, access: mode, regions }, policyOf(options), check);
}

/** A run of a subcommand that only uses the ledger: an invalid policy does not stop it, it is reported on stderr. Throws as `ledgerOf` and the check. */
export async function ledgerRun<T = void>(options: CommonOptions, access: 'ledger' | 'nothing', check?: Check<T>) {
  const { error, ...chosen } = policyOrDetect(options);
  const mode = access === 'nothing' ? 'detect' : 'remediate';
  const regions = options.region === undefined ? defaultRegion() : `region ${options.region}`;
  const run = await startRun(options, { mode, access, regions }, chosen, check);
  if (error !== null) process.stderr.write(`evenkeel: continuing without the policy: ${visible(error)}\n`);
  return run;
}

/** Finds the ledger, checks what was named, and says on stderr what the run works with. In mode detect the ledger is read, and nothing is written to it. */
async function startRun<T>(
  { stack }: Pick<CommonOptions, 'stack'>,
  { mode, access, regions }: RunScope,
  { policy, source }: Pick<ChosenPolicy, 'policy' | 'source'>,
  check?: Check<T>,
): Promise<CheckedRun<T>> {
  const clients = runClients();
  const found = await ledgerOf(clients, { ...(stack === undefined ? {} : { stack }), isDryRun: mode === 'detect' });
  const asked = homeRegion() === '' ? null : callerOf(clients.lookUps);
  // Its error is thrown to whoever asks for the caller; a check may throw before anybody does.
  asked?.catch(() => {});
  const acting = engineWith(found.ledger, mode, policy, clients);
  // In mode detect nothing is sent.
  const outcomes =
    mode === 'detect' ? {} : outcomesFromEnvironment(clients.aws, found.home ?? homeRegion(), found.outcomes);
  const engine = { ...acting, ...outcomes };
  const run: CommandRun = {
    engine: found.home === null ? engine : { ...engine, home: found.home },
    home: found.home,
    table: found.table,
    source: { ledger: found.source, policy: source },
    caller: (otherwise) => asked ?? callerOf(clients.lookUps, otherwise),
  };
  const checked = (await check?.(run)) as T;
  if (access === 'ledger') assertKept(found);
  printHeader({ account: await accountName(asked), regions, policy: source, ledger: found.source, access });
  return { ...run, checked };
}

/** For people: the account, or the credentials where AWS does not say whose they are. */
export async function accountName(caller: Promise<Caller> | null): Promise<string> {
  const known = await caller?.catch(() => null);
  if (known) return `account ${known.accountId}`;
  return process.env.AWS_PROFILE ? `profile ${process.env.AWS_PROFILE}` : 'default credentials';
}

/** For people: the default region. */
export const defaultRegion = (): string => (homeRegion() === '' ? 'no region' : `region ${homeRegion()}`);

/** The engine of the command with this ledger. */
export function engineWith(ledger: Ledger, mode: Mode, policy: Policy, { aws, lookUps } = runClients()): Engine {
  const isDryRun = mode === 'detect';
  const printer = consoleNotifier((text) => process.stderr.write(text), policy.notify);
  return {
    aws: isDryRun ? lookUps : aws,
    ledger: isDryRun ? readOnly(ledger) : ledger,
    notifier: isDryRun
      ? silent
      : atLeast(policy.minimumSeverity, notifierFromEnvironment(aws, homeRegion(), printer, policy.notify)),
    policy,
    home: homeRegion(),
    codeVersion,
    clock: systemClock,
    ceiling: mode,
    // The command has no queues: rechecks are made by its next run, or by the schedule of a deployment.
    send: async () => {},
  };
}
