import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
// Few of the SDK's clients are needed by one life, and many processes are killed in their first seconds.
import '../../../shared/cli/lazy-clients.ts';

const { awsClients } = await import('../../../shared/aws/clients.ts');
const { StormEngine } = await import('./engine.ts');

// A process that can be killed: takes a task from each line, and answers it. What it works with is its first argument.
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
const post = JSON.parse(process.argv[2] ?? '{}');
const engine = new StormEngine(post, awsClients(TIMEOUTS));
const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

// What is killed keeps nothing of what it has compiled by itself.
flushCompileCache();
answer({ ready: true });
for await (const line of createInterface(process.stdin)) answer(await engine.work(JSON.parse(line)));
