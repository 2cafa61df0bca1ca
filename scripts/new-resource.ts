import { UsageError } from '../shared/cli/errors.ts';
import { ROOT } from './catalogue.ts';
import { runScaffold } from './scaffold/files.ts';
import { writeResource } from './scaffold/resource.ts';

/** `npm run new-resource <service> <resource> <Operation>...`: the files of a new resource type, with a sample event of each call that can change it. */
const USAGE =
  'npm run new-resource <service> <resource> <Operation>..., as in: npm run new-resource kms alias CreateAlias UpdateAlias DeleteAlias';

await runScaffold('new-resource', ROOT, async () => {
  const [service, resource, ...operations] = process.argv.slice(2);
  if (service === undefined || resource === undefined || operations.length === 0 || service.startsWith('-'))
    throw new UsageError(USAGE);
  return writeResource(ROOT, service, resource, operations);
});
