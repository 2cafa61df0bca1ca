import { createServer } from 'node:net';
import { devNull } from 'node:os';
import { EXIT, UsageError } from '../../shared/cli/errors.ts';
import { messageOf } from '../../shared/engine/errors.ts';
import { type Sandbox, SandboxError, startSandbox } from './moto.ts';

export const LOCAL_REGION = 'eu-west-1';
/** What moto takes for credentials; it does not look at them. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Gives the local account: the one of AWS_ENDPOINT_URL where that is set, else a new one. Throws UsageError for an endpoint that is not on this machine, SandboxError where there is no account to be had. */
export async function openLocalAccount(options: { port?: number; say: (line: string) => void }): Promise<Sandbox> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) {
    assertOnThisMachine(endpoint);
    if (!(await answers(endpoint)))
      throw new SandboxError(
        `nothing answers at ${endpoint} (AWS_ENDPOINT_URL): start it, or unset AWS_ENDPOINT_URL to get a new local account`,
      );
    return { endpoint, stop: async () => {} };
  }
  if (options.port) await assertFree(options.port);
  return startSandbox(options);
}

/** Throws UsageError unless the URL's host is this machine's own, so that nothing made for a local account ever reaches AWS. */
export function assertOnThisMachine(endpoint: string): void {
  const url = URL.parse(endpoint);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError(`AWS_ENDPOINT_URL="${endpoint}" is no URL; it looks like http://127.0.0.1:5000`);
  const { hostname } = url;
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  if (!isLocal)
    throw new UsageError(
      `AWS_ENDPOINT_URL=${endpoint} is not on this machine: this is for a local account only (localhost or 127.0.0.1); unset it to get one`,
    );
}

/** Makes the SDK of this process talk to this endpoint and to no other: profiles, credentials and endpoints of single services that the caller has set are left out. */
export function talkOnlyTo(endpoint: string, region: string): void {
  for (const name of Object.keys(process.env)) if (/^AWS_/i.test(name)) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}

/** True where a server is there, whatever it says. */
export async function answers(endpoint: string): Promise<boolean> {
  try {
    const { body } = await fetch(endpoint, { signal: AbortSignal.timeout(5000) });
    await body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Another server on the port would answer in moto's place and look like it. */
function assertFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const problem = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${message})`;
      reject(new SandboxError(`port ${port} ${problem}: choose another with --port, or leave it out for a free one`));
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}

/** Says in one line what went wrong, and gives the exit status for it. */
export function reportError(name: string, error: unknown): number {
  const known = error instanceof UsageError || error instanceof SandboxError;
  process.stderr.write(`${name}: ${known ? error.message : messageOf(error)}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
