import { flushCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';

// As bin/evenkeel does.
import '../../shared/cli/lazy-clients.ts';

// Runs one command of `evenkeel` after the other on modules that are loaded once: arguments, environment, folder, standard
// streams, exit status and clock are each command's own, as they would be in a process of its own.
const MAIN = new URL('../../shared/cli/main.ts', import.meta.url).href;
const Present = Date;
let runs = 0;

/** The clock, ahead by so many milliseconds. */
const dateAhead = (ms) =>
  class extends Present {
    constructor(...given) {
      super(...(given.length === 0 ? [Present.now() + ms] : given));
    }
    static now() {
      return Present.now() + ms;
    }
  };

process.on('message', async ({ args, env, cwd, input, ahead }) => {
  globalThis.Date = ahead === 0 ? Present : dateAhead(ahead);
  const finished = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    process[name].removeAllListeners('error');
    process[name].write = (chunk, ...more) => {
      finished[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      more.find((one) => typeof one === 'function')?.();
      return true;
    };
  }
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  Object.defineProperty(process, 'stdin', {
    configurable: true,
    value: Readable.from(input.length > 0 ? [input] : []),
  });
  process.argv = [process.execPath, 'evenkeel', ...args];
  process.exitCode = undefined;
  process.chdir(cwd);
  runs += 1;
  await import(`${MAIN}?run=${runs}`);
  process.chdir(tmpdir());
  process.send({ status: process.exitCode ?? 0, ...finished });
  process.exitCode = undefined;
  // For the processes that start while this one waits for its next command.
  if (runs === 1) flushCompileCache();
});
process.once('disconnect', () => process.exit());
