import { parseArgs } from 'node:util';
import { awsClients } from '../../shared/lambda/clients.ts';
import { deploymentOf } from '../sandbox/deployment.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, openLocalAccount, reportTrouble, talkOnlyTo } from '../sandbox/local.ts';
import { oneAtATime } from '../sandbox/one-at-a-time.ts';
import { packageWith } from '../sandbox/package.ts';
import { storm } from './storm.ts';

/** `npm run storm`: thousands of events on hundreds of resources through the deployed functions, on a local account; with --kill everything is killed in the midst of it. */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '5000' },
    resources: { type: 'string', default: '500' },
    instances: { type: 'string', default: '4' },
    kill: { type: 'boolean', default: false },
  },
});

const ADMIN_PORTS = 'ec2-security-group-admin-ports-restricted';
const POLICY = `defaults: { mode: 'off' }\ncontrols: { ${ADMIN_PORTS}: { mode: remediate } }\nlimits: { remediationsPerHour: 100000 }\n`;
const ACCOUNT = '123456789012';

async function main(): Promise<number> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const sandbox = await openLocalAccount({ say });
  const built = await packageWith(POLICY);
  try {
    talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = LOCAL_CREDENTIALS;
    const env = {
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_REGION: LOCAL_REGION,
      AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY,
    };
    await built.deploy(env);
    const revoked = new Map<string, number>();
    const endpoint = await oneAtATime(sandbox.endpoint, ({ body }) => {
      const group = /Action=RevokeSecurityGroupIngress.*?GroupId=(sg-\w+)/.exec(body)?.[1];
      if (group !== undefined) revoked.set(group, (revoked.get(group) ?? 0) + 1);
    });
    process.env.AWS_ENDPOINT_URL = endpoint;
    const clients = awsClients();
    const aws = (region = LOCAL_REGION) => clients(region);
    const deployment = await deploymentOf('evenkeel-prod', built.folder, aws());
    const [events, resources, instances] = [values.events, values.resources, values.instances].map(Number);
    const plan = { events, resources, instances, killAt: values.kill ? Math.random() : null } as const;
    const theatre = { deployment, accountId: ACCOUNT, region: LOCAL_REGION, aws, endpoint };
    const { open, hurt, failed, left, seconds, killed } = await storm(plan as never, theatre, say);
    const twice = [...revoked].filter(([, times]) => times > 1).length;
    const most = Math.max(0, ...revoked.values());
    process.stdout.write(
      `${events} events on ${resources} groups, ${instances} instances${killed ? ', all killed once' : ''}: ${open.length} open, ${hurt.length} hurt, ${revoked.size} put right, ${twice} written to more than once (at most ${most} times), ${failed} in the dead-letter queue, ${left} left; ${seconds.toFixed(0)} s, ${((events ?? 0) / seconds).toFixed(0)} events a second\n`,
    );
    return open.length + hurt.length + failed + left + twice === 0 && revoked.size === resources ? 0 : 1;
  } finally {
    built.remove();
    await sandbox.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = reportTrouble('storm', error);
}
process.exit();
