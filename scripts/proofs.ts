import { spawnSync } from 'node:child_process';
import { ROOT } from './catalogue.ts';

/** `npm run proofs [PATTERN]`: plays the scene of every control, or of those whose tests the pattern names, and writes down which of its calls the local account answers only by what is added to moto; then writes the table that follows from that. */
const [pattern = 'tests/controls'] = process.argv.slice(2);
const run = (...args: readonly string[]) => {
  const env = { ...process.env, EVENKEEL_WRITE_PROOFS: '1' };
  const { status } = spawnSync('npm', args, { cwd: ROOT, env, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
};
// One after the other: all write the same file.
run('test', '--', pattern, '--maxWorkers=1', '--testNamePattern=on the local account');
run('run', 'generate');
