import { existsSync } from 'node:fs';
import { UsageError } from '../../shared/cli/errors.ts';
import type { ClientClass } from '../../shared/resource.ts';
import { DOMAINS } from '../../shared/service.ts';
import { serviceOf } from '../../shared/step.ts';
import { assertName, type Written, writeFiles } from './files.ts';
import { predictedEventsFile, predictedEventsSource } from './predicted-events.ts';

/** Writes the service.ts of a new service below `root`; `client` is the SDK's package without `@aws-sdk/client-`. Throws UsageError, and writes nothing, where the name, the domain or the client will not do or the service exists. */
export async function writeService(root: string, service: string, domain: string, client: string): Promise<Written> {
  assertName('service', service);
  if (!(DOMAINS as readonly string[]).includes(domain))
    throw new UsageError(`there is no domain "${domain}"; the domains are ${DOMAINS.join(', ')}`);
  const module = `@aws-sdk/client-${client}`;
  if (!existsSync(`${root}node_modules/${module}`))
    throw new UsageError(`${module} is not installed: npm install ${module}, or name another client`);
  const sdk = await sdkName(`${root}node_modules/${module}`, module);
  const file = `shared/resources/${service}/service.ts`;
  const files = new Map([
    [file, serviceSource(service, domain, sdk, module)],
    [predictedEventsFile(service), predictedEventsSource(service, sdk)],
  ]);
  return {
    files: writeFiles(root, files),
    next: [
      `Check the event sources of ${file}: those of CloudTrail's records, and \`aws.${service}\` where a resource listens to events that are no calls. A test holds that the triggers use them all.`,
      `npm run new-resource ${service} <resource> <Operation>...: what there is to evaluate, and the calls that change it.`,
      `npm run new-control ${service} ${service}-<resource>-<secure state>, then npm run generate, which writes the function's parts and the docs.`,
    ],
  };
}

/** The short name of the package's client, as calls carry it. */
async function sdkName(path: string, module: string): Promise<string> {
  const { default: cjs } = await import(`${path}/dist-cjs/index.js`);
  const client = Object.values(cjs as Record<string, ClientClass<object>>).find(
    (value) => typeof value === 'function' && /^[A-Z]\w+Client$/.test(value.name),
  );
  if (client === undefined) throw new UsageError(`${module} exports no client`);
  return serviceOf(client);
}

const serviceSource = (service: string, domain: string, sdk: string, module: string): string => `\
import { defineService } from '../../service.ts';

export default defineService({
  id: '${service}',
  domain: '${domain}',
  eventSources: ['${service}.amazonaws.com'],
  sdks: { ${/^\w+$/.test(sdk) ? sdk : `'${sdk}'`}: () => import('${module}') },
});
`;
