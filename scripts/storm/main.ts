import { parseArgs } from 'node:util';
import { awsClients } from '../../shared/aws/clients.ts';
import { UsageError } from '../../shared/cli/errors.ts';
import { configuredTree } from '../sandbox/configured-tree.ts';
import { deploymentOf } from '../sandbox/deployment.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, openLocalAccount, reportError, talkOnlyTo } from '../sandbox/local.ts';
import { oneAtATime } from '../sandbox/serial-proxy.ts';
import { STORM_POLICY, type StormPlan, storm, writesIn } from './storm.ts';

const USAGE = 'npm run storm -- [--events 5000] [--resources 500] [--instances 4] [--kill]';
/** The account that the local server gives to whoever has no other. */
const ACCOUNT = '123456789012';

/** What was asked for. Throws UsageError. */
function planOf(args: readonly string[]): StormPlan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '5000' },
      resources: { type: 'string', default: '500' },
      instances: { type: 'string', default: '4' },
      kill: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'events' | 'resources' | 'instances') => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0) return value;
    throw new UsageError(`--${name} ${values[name]}: a whole number above 0 is allowed; ${USAGE}`);
  };
  const killAt = values.kill ? Math.random() : null;
  return { events: number('events'), resources: number('resources'), instances: number('instances'), killAt };
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

try {
  process.exitCode = await main(planOf(process.argv.slice(2)));
} catch (error) {
  process.exitCode = reportError(
    'storm',
    error instanceof TypeError ? new UsageError(`${error.message}; ${USAGE}`) : error,
  );
}
// Connections to the account that is gone are kept alive.
process.exit();
