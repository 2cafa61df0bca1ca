import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { awsClients } from '../../shared/aws/clients.ts';
import { EXIT } from '../../shared/cli/errors.ts';
import { answers, LOCAL_CREDENTIALS, LOCAL_REGION, openLocalAccount, reportError, talkOnlyTo } from './local.ts';
import { type LocalWorld, makeLocalWorld } from './local-deployment.ts';
import type { Sandbox } from './moto.ts';
import type { Seeded } from './seed.ts';

const NAME = 'sandbox';
/** Read at once: whoever started us may end before the account is there. */
const PARENT = process.ppid;

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  return port;
}

async function serve({ port, seed: isSeeded = false }: { port?: number; seed?: boolean }): Promise<void> {
  const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || LOCAL_REGION;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const sandbox = await openLocalAccount({ ...(port ? { port } : {}), say });
  try {
    talkOnlyTo(sandbox.endpoint, region);
    const world = await makeLocalWorld(awsClients()(region));
    // The scenes are loaded by whoever wants them.
    const seeded = isSeeded ? await (await import('./seed.ts')).seed(world, region, say) : null;
    process.stdout.write(instructions(sandbox, region, world, seeded));
    const end = await theEnd(sandbox);
    if (end !== 'asked') throw new Error(end);
  } finally {
    await sandbox.stop();
  }
}

const instructions = (
  { endpoint }: Sandbox,
  region: string,
  { table, topicArn, inboxUrl }: LocalWorld,
  seeded: Seeded | null,
) => `\
A local AWS account answers at ${endpoint}, until Ctrl-C. In another terminal:

unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
export AWS_ACCESS_KEY_ID=${LOCAL_CREDENTIALS.accessKeyId} AWS_SECRET_ACCESS_KEY=${LOCAL_CREDENTIALS.secretAccessKey}
export EVENKEEL_TABLE=${table}
export EVENKEEL_TOPIC_ARN=${topicArn}

${seeded === null ? '' : `It holds ${seeded.drifts} drifts; of these ${seeded.remediated} are remediated already, and ${seeded.open} findings are open.\n\n`}Then try:

${seeded === null ? '' : TO_SEE}${`npx evenkeel sweep --region ${region}`.padEnd(51)} # list the drift; read-only
npx evenkeel sweep --no-policy --mode remediate     # remediate it, as each control recommends
npm run demo                                        # drift and its remediation, in an account of its own

Notifications arrive in the queue ${inboxUrl}
`;

/** What only a seeded account has something to show for. */
const TO_SEE = `\
npx evenkeel findings                               # what is open, by the ledger
npx evenkeel history                                # what was remediated, and how
npx evenkeel undo --last --dry-run                  # how the last remediation would be undone
`;

const WATCH_EVERY = 1000;

/** Waits for a signal, for the end of the process that started us, or for the account's own end. */
async function theEnd({ endpoint }: Sandbox): Promise<string> {
  let end: string | null = null;
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      end = 'asked';
      ended.abort();
    });
  while (end === null) {
    await sleep(WATCH_EVERY, undefined, { signal: ended.signal }).catch(() => {});
    if (process.ppid !== PARENT) end ??= 'asked';
    else if (end === null && !(await answers(endpoint))) end ??= `${endpoint} answers no more`;
  }
  return end;
}

const program = new Command('npm run sandbox --')
  .description('A local AWS account (moto) that lasts until Ctrl-C.')
  .option('--port <port>', 'the port to listen on; without it, a free one', portOf)
  .option('--seed', 'fill the account with drifts, so that every subcommand has something to show')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`${NAME}: ${text.replace(/\n(?=.)/g, ' ')}`) })
  .action(serve);

try {
  await program.parseAsync();
} catch (error) {
  const { exitCode } = error as CommanderError;
  if (error instanceof CommanderError) process.exitCode = exitCode === 0 ? EXIT.done : EXIT.usage;
  else process.exitCode = reportError(NAME, error);
}
