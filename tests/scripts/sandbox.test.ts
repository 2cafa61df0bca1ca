import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';
import { answers, assertOnThisMachine } from '../../scripts/sandbox/local.ts';
import { takeMail } from '../../scripts/sandbox/local-deployment.ts';
import { awsClients } from '../../shared/aws/clients.ts';
import { run, start } from '../support/script.ts';

const MAIN = 'sandbox/main.ts';
const ENDPOINT = /AWS_ENDPOINT_URL=(\S+)/;
const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** Starts a sandbox that does not outlive its test. */
function sandbox(...args: string[]) {
  const started = start(MAIN, args);
  endings.push(() => started.child.kill('SIGKILL'));
  return started;
}

async function stopsAnswering(endpoint: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (!(await answers(endpoint))) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

describe('npm run sandbox', () => {
  test('starts an account with the ledger and the topic in it, and stops with a signal', async () => {
    const { child, ended, says } = sandbox();
    const endpoint = await says(ENDPOINT);
    const printed = await says(/[\s\S]+-inbox\n/);
    const printedAs = (name: string) => new RegExp(`${name}=(\\S+)`).exec(printed)?.[1] ?? '';
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
      process.env[name] = printedAs(name);
    // The AWS CLI's first version reads no other.
    expect(printedAs('AWS_DEFAULT_REGION')).toBe(printedAs('AWS_REGION'));
    const aws = awsClients()(printedAs('AWS_REGION'));

    const asked = new DescribeTableCommand({ TableName: printedAs('EVENKEEL_TABLE') });
    const { Table } = await aws(DynamoDBClient).send(asked);
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['lists']);

    const Message = JSON.stringify({ default: 'x', sqs: JSON.stringify({ subject: 'hello', text: 'you' }) });
    const notice = { TopicArn: printedAs('EVENKEEL_TOPIC_ARN'), MessageStructure: 'json', Message };
    await aws(SNSClient).send(new PublishCommand(notice));
    const inbox = /the queue (\S+)/.exec(printed)?.[1] ?? '';
    expect(await takeMail(aws, inbox)).toEqual([{ subject: 'hello', text: 'you' }]);

    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
    expect(await stopsAnswering(endpoint)).toBe(true);
  });

  test('listens where it is told to, ends when it is killed, and can be used by a second one', async () => {
    const port = await freePort();
    const { child, says } = sandbox('--port', String(port));
    const endpoint = await says(ENDPOINT);
    expect(endpoint).toBe(`http://127.0.0.1:${port}`);

    const second = start(MAIN, [], { env: { AWS_ENDPOINT_URL: endpoint } });
    expect(await second.says(ENDPOINT)).toBe(endpoint);
    child.kill('SIGKILL');
    expect(await stopsAnswering(endpoint)).toBe(true);
    expect(await second.ended).toMatchObject({ status: 1, stderr: `sandbox: ${endpoint} answers no more\n` });
  });

  test('ends with the process that started it', async () => {
    // Without the endpoint of another test.
    const { PATH, HOME } = process.env;
    const parent = spawn('sh', ['-c', `"${process.execPath}" "${ROOT}scripts/${MAIN}" & wait`], {
      env: { PATH, HOME },
    });
    endings.push(() => parent.kill('SIGKILL'));
    const endpoint = await new Promise<string>((resolve) => {
      let seen = '';
      parent.stdout.on('data', (chunk) => {
        seen += chunk;
        const found = /AWS_ENDPOINT_URL=(\S+) /.exec(seen)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    parent.kill('SIGKILL');
    expect(await stopsAnswering(endpoint)).toBe(true);
  });

  test('a taken port is told in one line', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server))));
    const ended = await run(MAIN, ['--port', String(port)]);
    server.close();
    const stderr = expect.stringMatching(/^sandbox: port \d+ is taken: choose another with --port[^\n]*\n$/);
    expect(ended).toEqual({ status: 1, stdout: '', stderr });
  });

  test.each(['--port many', '--port 65536', '--port -1', '--port', '--ports 1', 'start'])(
    'wrong usage is told in one line: %s',
    async (args) => {
      const ended = await run(MAIN, args.split(' '));
      expect(ended).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(/^sandbox: error: [^\n]+\n$/) });
    },
  );

  test('an endpoint where nothing answers is told in one line', async () => {
    const AWS_ENDPOINT_URL = `http://127.0.0.1:${await freePort()}`;
    const ended = await run(MAIN, [], { env: { AWS_ENDPOINT_URL } });
    expect(ended).toEqual({
      status: 1,
      stdout: '',
      stderr: `sandbox: nothing answers at ${AWS_ENDPOINT_URL} (AWS_ENDPOINT_URL): start it, or unset AWS_ENDPOINT_URL to get a new local account\n`,
    });
  });
});

describe('an endpoint', () => {
  test.each(['http://localhost:5000', 'http://127.0.0.1:5000', 'https://127.1.2.3', 'http://[::1]:5000'])(
    '%s is on this machine',
    (endpoint) => expect(() => assertOnThisMachine(endpoint)).not.toThrow(),
  );

  test.each([
    'https://ec2.eu-west-1.amazonaws.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://localhost@example.com',
    'http://10.0.0.1:5000',
    'http://0.0.0.0:5000',
    '127.0.0.1:5000',
    'localhost:5000',
    'ftp://localhost',
    'here',
  ])('%s is refused', (endpoint) => expect(() => assertOnThisMachine(endpoint)).toThrow(/AWS_ENDPOINT_URL/));
});

describe('where nothing is installed yet', () => {
  /** A copy of the clone without the installed account, and a PATH with nothing but these programs. */
  function bareClone(programs: Readonly<Record<string, string>> = {}) {
    const root = `${mkdtempSync(`${tmpdir()}/evenkeel-`)}/`;
    endings.push(() => rmSync(root, { recursive: true }));
    for (const name of ['scripts', 'shared', 'package.json']) cpSync(ROOT + name, root + name, { recursive: true });
    symlinkSync(`${ROOT}node_modules`, `${root}node_modules`);
    mkdirSync(`${root}bin`);
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(`${root}bin/${name}`, `#!/bin/sh\n${text}\n`);
      chmodSync(`${root}bin/${name}`, 0o755);
    }
    return { root, env: { PATH: `${root}bin` } };
  }

  test('no Python is told in one line', async () => {
    const { status, stdout, stderr } = await run(MAIN, [], bareClone());
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^sandbox: the local account needs Python 3\.10 or newer \(none was found\)[^\n]+\n$/);
  });

  test('a Python that is too old is told in one line', async () => {
    const { status, stderr } = await run(MAIN, [], bareClone({ python3: 'echo 3 8' }));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^sandbox: [^\n]*python3 is 3\.8[^\n]*\n$/);
  });

  test('an installation that fails is told in one line', async () => {
    const python3 = 'case $1 in -c) echo 3 12;; *) echo first >&2; echo no disk >&2; exit 1;; esac';
    const { status, stderr } = await run(MAIN, [], bareClone({ python3 }));
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nsandbox: could not make a Python virtual environment[^\n]*\(no disk\)\n$/);
  });
});

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const port = portOf(server);
      server.close(() => resolve(port));
    });
  });
}
