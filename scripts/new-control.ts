import { UsageError } from '../shared/cli/errors.ts';
import { ROOT } from './catalogue.ts';
import { writeControl } from './scaffold/control.ts';
import { runScaffold } from './scaffold/files.ts';

/** `npm run new-control <service> <id> [resource]`: the files of a new control, ready to be filled in. */
const USAGE = 'npm run new-control <service> <id> [resource], as in: npm run new-control ec2 ec2-volume-encrypted';

await runScaffold('new-control', ROOT, async () => {
  const [service, id, resource, ...rest] = process.argv.slice(2);
  if (service === undefined || id === undefined || rest.length > 0 || service.startsWith('-'))
    throw new UsageError(USAGE);
  return writeControl(ROOT, service, id, resource);
});
