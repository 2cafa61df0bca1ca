import { EXIT, UsageError } from '../shared/cli/errors.ts';
import { messageOf } from '../shared/engine/errors.ts';
import { ROOT } from './catalogue.ts';
import { report } from './mutate/report.ts';
import { mutate } from './mutate/run.ts';
import { targets } from './mutate/targets.ts';

/** `npm run mutate -- <file or folder>…`: changes the source bit by bit, and lists the changes that no test notices. */
const USAGE = 'npm run mutate -- <file or folder>..., as in: npm run mutate -- shared/ledger/lease.ts';

try {
  const paths = process.argv.slice(2);
  if (paths.length === 0 || paths.some((path) => path.startsWith('-'))) throw new UsageError(USAGE);
  for (const source of targets(ROOT, paths)) {
    for (const line of report(ROOT, source, await mutate(ROOT, source))) console.log(line);
  }
} catch (error) {
  const wrongUsage = error instanceof UsageError;
  console.error(`mutate: ${wrongUsage ? error.message : messageOf(error)}`);
  process.exitCode = wrongUsage ? EXIT.usage : EXIT.failed;
}
