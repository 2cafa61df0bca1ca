import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';

// Runs one command of `evenkeel` after the other on modules that are loaded once: arguments, environment, folder, standard
// streams and exit status are each command's own, as they would be in a process of its own.
const MAIN = new URL('../../shared/cli/main.ts', import.meta.url).href;
let runs = 0;

process.on('message', async ({ args, env, cwd, input }) => {
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
});
process.once('disconnect', () => process.exit());
