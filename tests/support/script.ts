import { spawn } from 'node:child_process';
import { ROOT } from '../../scripts/catalogue.ts';

/** How a script that ended by itself ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** Beside or instead of this process's environment; an empty text unsets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly root?: string;
}

/** Starts a script of scripts/ as a person would: by a process of its own. */
export function start(script: string, args: readonly string[], { env = {}, root = ROOT }: Options = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^AWS_|^EVENKEEL_/.test(name));
  const whole = Object.fromEntries([...inherited, ...Object.entries(env)].filter(([, value]) => value !== ''));
  const child = spawn(process.execPath, [`${root}scripts/${script}`, ...args], { env: whole, cwd: root });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, ...output })));
  /** Waits for a text on standard output, and gives what it says. Throws where the script ends before. */
  async function says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(output.stdout);
      if (found !== null) return found[1] ?? found[0];
      const end = await Promise.race([ended, new Promise<null>((resolve) => setTimeout(() => resolve(null), 50))]);
      if (end !== null && !pattern.test(end.stdout)) throw new Error(`it ended: ${JSON.stringify(end)}`);
    }
  }
  return { child, ended, says };
}

/** Runs a script to its end. */
export const run = (script: string, args: readonly string[], options?: Options): Promise<Ended> =>
  start(script, args, options).ended;
