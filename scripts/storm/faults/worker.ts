import { createInterface } from 'node:readline';
import { awsClients } from '../../../shared/aws/clients.ts';
import { StormEngine } from './engine.ts';

// A process that can be killed: takes a task from each line, and answers it. What it works with is its first argument.
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
const post = JSON.parse(process.argv[2] ?? '{}');
const engine = new StormEngine(post, awsClients(TIMEOUTS));
const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

answer({ ready: true });
for await (const line of createInterface(process.stdin)) answer(await engine.work(JSON.parse(line)));
