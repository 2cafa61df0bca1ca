import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { controls } from '../../shared/controls/ec2/index.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { engineFromEnvironment } from '../../shared/lambda/environment.ts';

// A process like a Lambda function's: takes an event from each line, works on one after the other, and answers each with its results. Its first argument is the policy.
const told: string[] = [];
const engine = engineFromEnvironment(JSON.parse(process.argv[2] ?? '{}'), (text) => told.push(text), {});
const region = process.env.AWS_REGION ?? '';
const { Account: accountId = '' } = await engine.aws(region)(STSClient).send(new GetCallerIdentityCommand({}));
const fallback = { accountId, region };
/** On a channel of its own: what is logged goes to stdout. */
const answer = (value: object) => writeSync(3, `${JSON.stringify(value)}\n`);

answer({ ready: true });
for await (const line of createInterface(process.stdin)) {
  const results = (await Array.fromAsync(receive(JSON.parse(line), engine, { controls, fallback }))).flat();
  answer({ results, told: told.splice(0) });
}
