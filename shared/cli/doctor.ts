import { Command } from 'commander';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { type Check, type Diagnosis, type DoctorContext, fail, ok } from '../doctor/diagnosis.ts';
import { eventPathChecks, infrastructureChecks, ledgerChecks } from '../doctor/index.ts';
import { ledger } from '../doctor/ledger.ts';
import { notifications } from '../doctor/notifications.ts';
import { policy } from '../doctor/policy.ts';
import { pagerDuty } from '../doctor/receivers.ts';
import { diagnose } from '../doctor/run.ts';
import { securityHub } from '../doctor/security-hub.ts';
import { deploymentAt } from '../doctor/stack.ts';
import { notifierFromEnvironment } from '../lambda/environment.ts';
import { memoryLedger } from '../ledger/memory.ts';
import { consoleNotifier } from '../notify/console.ts';
import type { Notifier } from '../notify/notifier.ts';
import { counted, visibleJson } from '../text.ts';
import { type Caller, callerOf } from './caller.ts';
import { type RunClients, runClients } from './clients.ts';
import { colors } from './colors.ts';
import { accountName, defaultRegion, engineWith } from './context.ts';
import { groupOf } from './doctor-groups.ts';
import { secretReader } from './doctor-secrets.ts';
import { EXIT } from './errors.ts';
import { ledgerOf } from './ledger.ts';
import { type CommonOptions, homeRegion, withCommonOptions } from './options.ts';
import { lineWidth, wrapped } from './output/wrap.ts';
import { policyOrDetect } from './policy.ts';
import { printHeader } from './run-header.ts';

interface DoctorOptions extends CommonOptions {
  readonly sendTest?: boolean;
}

export const doctorCommand = () =>
  withCommonOptions(new Command('doctor'))
    .description('Check everything that Evenkeel needs to see and to act, and print the remedy for each problem.')
    .option('--send-test', 'also send a notification, by the way that all take')
    .action(doctor);

const account = (asked: Promise<Caller> | null): Check => ({
  name: 'account',
  remedy: 'provide valid credentials (AWS_PROFILE or --profile) and a region (--region)',
  run: async ({ engine, home }) => ok(`${(await (asked ?? callerOf(engine.aws))).arn}, ${home}`),
});

/** Sends a notification: who does not get it, is not notified of drift either. */
const testNotification = (notifier: Notifier, by: string): Check => ({
  name: 'test notification',
  remedy: 'check your permission sns:Publish on the topic, and the key that encrypts it',
  async run({ topicArn }) {
    await notifier.announce({
      severity: 'INFORMATIONAL',
      subject: 'Evenkeel: test notification',
      text: `Sent by ${by} with npx evenkeel doctor --send-test. Nothing is wrong, and nothing has to be done.`,
    });
    return ok(topicArn ? `sent to ${topicArn}: each subscriber gets it within a minute` : 'printed: there is no topic');
  },
});

/** An invalid policy is one more error, and hides no other check. */
const invalidPolicy = (error: string): Check => ({
  ...policy,
  run: async () => fail(error, 'correct it: until then the command remediates nothing, and a deploy fails'),
});

async function doctor(options: DoctorOptions): Promise<void> {
  const home = homeRegion();
  const clients = runClients();
  const { lookUps } = clients;
  const { deployment, check } = await deploymentAt(lookUps(home), home, options.stack ?? DEFAULT_STACK);
  const { LedgerTable, NoticeTopic } = deployment?.outputs ?? {};
  // The environment takes precedence, so that a restored copy of the ledger can be checked.
  process.env.EVENKEEL_TABLE ||= LedgerTable ?? '';
  process.env.EVENKEEL_TOPIC_ARN ||= NoticeTopic ?? '';
  const chosen = policyOrDetect(options);
  const { EVENKEEL_TABLE: table, EVENKEEL_TOPIC_ARN: topicArn } = process.env;
  const found = await ledgerToCheck(clients, options);
  const asked = home === '' ? null : callerOf(lookUps);
  printHeader({
    account: await accountName(asked),
    regions: deployment === null ? defaultRegion() : `regions ${deployment.regions.join(', ')}`,
    policy: chosen.source,
    ledger: found.source,
    access: 'nothing',
  });
  const engine = engineWith(found.ledger, 'detect', chosen.policy, clients);
  const secrets = secretReader(clients.aws(home));
  const context: DoctorContext = { engine, home, deployment, table, ledgerFile: found.file, topicArn, secrets };

  const failed = new Set<string>();
  const counts = { error: 0, warning: 0, ok: 0 };
  let group = '';
  const printer = consoleNotifier((text) => process.stderr.write(text));
  const tests =
    options.sendTest === true
      ? [
          testNotification(
            notifierFromEnvironment(clients.aws, home, printer, engine.policy.notify),
            await accountName(asked),
          ),
        ]
      : [];
  const show = async (checks: readonly Check[]) => {
    for await (const diagnosis of diagnose(checks, context)) {
      const heading = groupOf({ name: diagnosis.check });
      if (!options.json && heading !== group)
        process.stdout.write(`${group === '' ? '' : '\n'}${colors.bold(heading)}\n`);
      group = heading;
      process.stdout.write(options.json ? `${visibleJson(JSON.stringify(diagnosis))}\n` : inWords(diagnosis));
      counts[diagnosis.status] += 1;
      if (diagnosis.status === 'error') failed.add(diagnosis.check);
    }
  };
  const notified = deployment === null ? [notifications] : [...eventPathChecks, ...infrastructureChecks];
  const last = deployment === null ? notifications.name : pagerDuty.name;
  const deployed = notified.flatMap((one) => (one.name === last ? [one, securityHub, ...tests] : [one]));
  await show([
    chosen.error === null ? policy : invalidPolicy(chosen.error),
    account(asked),
    check,
    ...deployed,
    ledger,
  ]);
  if (!failed.has(ledger.name)) await show(ledgerChecks);
  if (!options.json)
    process.stdout.write(
      `\n${counted(counts.error, 'error')}, ${counted(counts.warning, 'warning')}, ${counts.ok} ok\n`,
    );
  process.exitCode = failed.size > 0 ? EXIT.failed : EXIT.done;
}

/** The ledger that the command works with. Never throws: what cannot be found is reported by the check. */
async function ledgerToCheck(clients: RunClients, { stack }: CommonOptions) {
  try {
    const { ledger, source } = await ledgerOf(clients, { ...(stack === undefined ? {} : { stack }), isDryRun: true });
    return { ledger, source, file: source };
  } catch {
    return { ledger: memoryLedger(), source: 'ledger unknown', file: undefined };
  }
}

const MARKS = { ok: colors.green('✓'), warning: colors.yellow('!'), error: colors.red('✗') };
/** Columns of a line at most, and of its mark and check name where there is room. */
const WIDTH = 100;
const [MARGIN, NARROW_MARGIN, NARROW] = [19, 4, 60];

/** A diagnosis, for people. */
export function inWords({ check, status, message, remedy }: Diagnosis): string {
  const width = Math.min(WIDTH, lineWidth());
  const margin = width < NARROW ? NARROW_MARGIN : MARGIN;
  const name = `${MARKS[status]} ${check.padEnd(MARGIN - 3)} `;
  const [first = '', ...rest] = wrapped(message, margin, 0, width);
  const lines = margin === MARGIN ? [`${name}${first.slice(margin)}`, ...rest] : [name.trimEnd(), first, ...rest];
  if (remedy !== null) {
    const [begin = '', ...more] = holdsCommand(remedy) ? [remedy] : wrapped(remedy, 0, 0, width - margin - 2);
    lines.push(`${' '.repeat(margin)}${colors.dim(`→ ${begin}`)}`);
    for (const line of more) lines.push(`${' '.repeat(margin + 2)}${colors.dim(line)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A command stays on one line, so that it can be pasted. */
const holdsCommand = (remedy: string) => / --[a-z]/.test(remedy);
