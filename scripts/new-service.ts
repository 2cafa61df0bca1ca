import { UsageError } from '../shared/cli/errors.ts';
import { DOMAINS } from '../shared/service.ts';
import { ROOT } from './catalogue.ts';
import { runScaffold } from './scaffold/files.ts';
import { writeService } from './scaffold/service.ts';

/** `npm run new-service <service> <domain> [client]`: the folder of a new service. */
const USAGE = `npm run new-service <service> <${DOMAINS.join(' | ')}> [client], as in: npm run new-service logs monitoring cloudwatch-logs`;

await runScaffold('new-service', ROOT, async () => {
  const [service, domain, client = service, ...rest] = process.argv.slice(2);
  if (service === undefined || domain === undefined || client === undefined || rest.length > 0)
    throw new UsageError(USAGE);
  return writeService(ROOT, service, domain, client);
});
