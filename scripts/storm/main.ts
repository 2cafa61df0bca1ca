import { parseArgs } from 'node:util';
import { awsClients } from '../../shared/aws/clients.ts';
import { UsageError } from '../../shared/cli/errors.ts';
import { configuredTree } from '../sandbox/configured-tree.ts';
import { deploymentOf } from '../sandbox/deployment.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, openLocalAccount, reportError, talkOnlyTo } from '../sandbox/local.ts';
import { oneAtATime } from '../sandbox/serial-proxy.ts';
import { faultsAccount } from './faults/account.ts';
import { reportOf } from './faults/report.ts';
import { type FaultsPlan, faultsRun } from './faults/run.ts';
import { STORM_POLICY, type StormPlan, storm, writesIn } from './storm.ts';

const USAGE =
  'npm run storm -- [--events 5000] [--resources 500] [--instances 4] [--kill]; or npm run storm -- --faults SEED [--resources 200] [--instances 3] [--only 21,23]';
/** The account that the local server gives to whoever has no other. */
const ACCOUNT = '123456789012';

/** What was asked for: a storm of events, or one of faults. Throws UsageError. */
function planOf(args: readonly string[]): StormPlan | FaultsPlan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '5000' },
      resources: { type: 'string' },
      instances: { type: 'string' },
      kill: { type: 'boolean', default: false },
      faults: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const number = (name: 'events' | 'resources' | 'instances', otherwise = 0) => {
    const value = Number(values[name] ?? otherwise);
    if (Number.isInteger(value) && value > 0) return value;
    throw new UsageError(`--${name} ${values[name]}: a whole number above 0 is allowed; ${USAGE}`);
  };
  if (values.faults !== undefined)
    return {
      seed: values.faults,
      resources: number('resources', 200),
      processes: number('instances', 3),
      only: values.only === undefined ? null : values.only.split(',').map(Number),
    };
  const killAt = values.kill ? Math.random() : null;
  return { events: number('events'), resources: number('resources', 500), instances: number('instances', 4), killAt };
}

/** Thousands of events on hundreds of resources through the deployed functions, on a local account; with --kill everything is killed in the midst of it. */
async function main(plan: StormPlan): Promise<number> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const sandbox = await openLocalAccount({ say });
  const built = await configuredTree(STORM_POLICY);
  try {
    talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = LOCAL_CREDENTIALS;
    const home = { AWS_ENDPOINT_URL: sandbox.endpoint, AWS_REGION: LOCAL_REGION };
    await built.deploy({ ...home, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
    const writes = writesIn();
    const endpoint = await oneAtATime(sandbox.endpoint, writes.see);
    process.env.AWS_ENDPOINT_URL = endpoint;
    // The local account is slow in a storm; the functions keep their own patience.
    const clients = awsClients({ requestTimeout: 120_000 });
    const aws = (region = LOCAL_REGION) => clients(region);
    const deployment = await deploymentOf('evenkeel-prod', built.folder, aws());
    const theatre = { deployment, accountId: ACCOUNT, region: LOCAL_REGION, aws, endpoint };
    const { open, hurt, failed, left, seconds, killed } = await storm(plan, theatre, say);
    const { events, resources, instances } = plan;
    const [written, twice] = [writes.resources(), writes.repeated().length];
    process.stdout.write(
      `${events} events on ${resources} groups, ${instances} instances${killed ? ', all killed once' : ''}: ${written} remediated, ${twice} written to more than once, ${open.length} still open, ${hurt.length} hurt, ${failed} in the dead-letter queue, ${left} left in the queue; ${seconds.toFixed(0)} s, ${(events / seconds).toFixed(0)} events a second\n`,
    );
    return open.length + hurt.length + failed + left + twice === 0 && written === resources ? 0 : 1;
  } finally {
    built.remove();
    await sandbox.stop();
  }
}

/** Faults in every call and kills at any moment, on a local account. */
async function faults(plan: FaultsPlan): Promise<number> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const sandbox = await openLocalAccount({ say });
  try {
    talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = LOCAL_CREDENTIALS;
    const env = { AWS_REGION: LOCAL_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const account = await faultsAccount(sandbox.endpoint, { accountId: ACCOUNT, region: LOCAL_REGION, env });
    const summary = await faultsRun(plan, account, say);
    process.stdout.write(reportOf(summary));
    return summary.violations.length === 0 ? 0 : 1;
  } finally {
    await sandbox.stop();
  }
}

try {
  const plan = planOf(process.argv.slice(2));
  process.exitCode = await ('seed' in plan ? faults(plan) : main(plan));
} catch (error) {
  process.exitCode = reportError(
    'storm',
    error instanceof TypeError ? new UsageError(`${error.message}; ${USAGE}`) : error,
  );
}
// Connections to the account that is gone are kept alive.
process.exit();
