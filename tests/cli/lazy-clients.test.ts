import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { run } from '../support/command.ts';

const url = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** In a process of its own: hooks hold for all that a process loads. */
const PROGRAM = `
  import { createRequire } from 'node:module';
  const loaded = () => Object.keys(createRequire(import.meta.url).cache)
    .flatMap((file) => /@aws-sdk\\/(client-[\\w-]+)\\//.exec(file)?.[1] ?? []);
  await import(${url('shared/cli/lazy-clients.ts')});
  const { controls } = await import(${url('shared/controls/index.ts')});
  const before = [...new Set(loaded())];
  const { awsClients } = await import(${url('shared/aws/clients.ts')});
  const { queueUrlOf } = await import(${url('shared/aws/queue-url.ts')});
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';
  const aws = awsClients()('eu-west-1');
  const error = await queueUrlOf('arn:aws:sqs:eu-west-1:111122223333:q', aws).catch((error) => error);
  console.log(JSON.stringify({ controls: controls.length > 50, before, error: String(error) }));`;

test('every module of ours finds what it imports, no client is loaded before it is used, and then it works', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1' };
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', PROGRAM], { cwd, env });
  expect(stderr).toBe('');
  const said = JSON.parse(stdout);
  expect(said).toEqual({ controls: true, before: [], error: expect.stringContaining('127.0.0.1:9') });
});
