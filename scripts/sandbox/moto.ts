import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VENV = `${ROOT}.sandbox/venv`;
const SERVER = fileURLToPath(new URL('./server.py', import.meta.url));
const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const INSTALLED = `${VENV}/installed.txt`;
const WINDOWS = process.platform === 'win32';
const BIN = WINDOWS ? `${VENV}/Scripts` : `${VENV}/bin`;
/** The Python of the local account. */
export const PYTHON = `${BIN}/python`;
const OLDEST_PYTHON = [3, 10] as const;

/** The local account cannot be had; the message says what to do, in one line. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
}

/** A local AWS that answers at `endpoint` until it is stopped. */
export interface Sandbox {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto on 127.0.0.1, installing it first where that was not done. Throws SandboxError in one line where Python or the installation fails. */
export async function startSandbox({
  port,
  say = () => {},
}: {
  port?: number;
  say?: (line: string) => void;
} = {}): Promise<Sandbox> {
  install(say);
  const chosen = port ?? (await freePort());
  const child = spawn(PYTHON, [SERVER, String(chosen)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      ...process.env,
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
      // Headers for browsers, of which none calls.
      MOTO_DISABLE_GLOBAL_CORS: 'true',
      // After a minute moto takes a certificate to be validated, so that a slow sweep finds other certificates than a quick one.
      MOTO_ACM_VALIDATION_WAIT: '1000000000',
      AWS_ENDPOINT_URL: '',
    },
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-2000);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endpoint = `http://127.0.0.1:${chosen}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new SandboxError(`the local account did not start on port ${chosen}: ${lastLine(complaints)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function install(say: (line: string) => void): void {
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return;
  const python = findPython();
  say('Installing the local account (moto) into .sandbox/ — once, about a minute …');
  rmSync(VENV, { recursive: true, force: true });
  run(
    python,
    ['-m', 'venv', VENV],
    'could not make a Python virtual environment; on Debian or Ubuntu: apt-get install python3-venv',
  );
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '-r',
    REQUIREMENTS,
  ];
  run(
    `${BIN}/python`,
    pip,
    'could not install moto from PyPI; look at the network or at PIP_INDEX_URL, then try again',
  );
  writeFileSync(INSTALLED, wanted);
}

function findPython(): string {
  const [major, minor] = OLDEST_PYTHON;
  const seen: string[] = [];
  for (const name of ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const { status, stdout } = spawnSync(name, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    if (status !== 0) continue;
    const [x = 0, y = 0] = stdout.trim().split(' ').map(Number);
    if (x > major || (x === major && y >= minor)) return name;
    seen.push(`${name} is ${x}.${y}`);
  }
  throw new SandboxError(
    `the local account needs Python ${major}.${minor} or newer (${seen.join(', ') || 'none was found'}): install it, or set AWS_ENDPOINT_URL to a running moto`,
  );
}

function run(command: string, args: readonly string[], problem: string): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new SandboxError(`${problem} (${error?.message ?? lastLine(stderr)})`);
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/`)).status < 500;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
