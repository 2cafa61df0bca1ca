import { EXIT, UsageError } from '../shared/cli/errors.ts';
import { messageOf } from '../shared/engine/errors.ts';
import { ROOT } from './catalogue.ts';
import { writeControl } from './scaffold/control.ts';

/** `npm run new-control <service> <id> [resource]`: the files of a new control, ready to be filled in. */
const USAGE = 'npm run new-control <service> <id> [resource], as in: npm run new-control ec2 ec2-volume-encrypted';

try {
  const [service, id, resource, ...rest] = process.argv.slice(2);
  if (service === undefined || id === undefined || rest.length > 0 || service.startsWith('-'))
    throw new UsageError(USAGE);
  const { files, next } = await writeControl(ROOT, service, id, resource);
  for (const file of files) console.log(`wrote  ${file}`);
  console.log('\nNext:');
  for (const [index, step] of next.entries()) console.log(`${index + 1}. ${step}`);
} catch (error) {
  const wrongUsage = error instanceof UsageError;
  console.error(`new-control: ${wrongUsage ? error.message : messageOf(error)}`);
  process.exitCode = wrongUsage ? EXIT.usage : EXIT.failed;
}
