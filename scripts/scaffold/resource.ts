import { existsSync, writeFileSync } from 'node:fs';
import { closest } from 'fastest-levenshtein';
import { UsageError } from '../../shared/cli/errors.ts';
import type { JsonObject } from '../../shared/event.ts';
import type { Service } from '../../shared/service.ts';
import { assertName, assertService, camelCase, pascalCase, type Written, writeFiles } from './files.ts';
import { idPathIn } from './id-path.ts';
import { predictedEventsFile, withPredictedType } from './predicted-events.ts';
import { type Call, type Draft, resourceSource, resourceTest } from './resource-templates.ts';
import { type CommandClass, operationOf, sampleEvent } from './sample-event.ts';

/** Writes the files of a new resource type below `root`, with a sample of each operation that has none yet, and its entry among the service's predicted events. Throws UsageError, and writes nothing, where the service, the name or an operation is unknown or a file exists. */
export async function writeResource(
  root: string,
  service: string,
  resource: string,
  operations: readonly string[],
): Promise<Written> {
  assertService(root, service);
  assertName('resource', resource);
  const { default: defined } = (await import(`${root}shared/resources/${service}/service.ts`)) as { default: Service };
  const sdk = await loadSdk(defined);
  const samples = [...new Set(operations)].map((name) => [name, sampleOf(name, sdk, defined, resource)] as const);
  const draft: Draft = {
    service,
    resource,
    namespace: sdk.namespace,
    name: camelCase(`${service}-${resource}`),
    type: `AWS::${sdk.namespace}::${pascalCase(resource)}`,
    eventSource: sourceOf(defined),
    calls: samples.map(([name, sample]): Call => ({ name, id: idPathIn(sample, resource) })),
  };
  const events = samples
    .map(([name, sample]) => [`events/${service}/${name}.json`, `${JSON.stringify(sample, null, 2)}\n`] as const)
    .filter(([file]) => !existsSync(root + file));
  const files = new Map([
    [`shared/resources/${service}/${resource}.ts`, resourceSource(draft)],
    [`tests/resources/${service}/${resource}.test.ts`, resourceTest(draft)],
    ...events,
  ]);
  const predicted = predictedEventsFile(service);
  const withEntry = withPredictedType(root, draft);
  const written = writeFiles(root, files);
  writeFileSync(root + predicted, withEntry);
  return { files: [...written, predicted], next: nextSteps(draft) };
}

const sourceOf = ({ id, eventSources }: Service): string =>
  eventSources.find((source) => source.endsWith('.amazonaws.com')) ?? `${id}.amazonaws.com`;

/** The commands of a service's SDKs, and the middle of its CloudFormation type names. */
interface Sdk {
  readonly commands: ReadonlyMap<string, CommandClass>;
  readonly namespace: string;
}

async function loadSdk({ sdks }: Service): Promise<Sdk> {
  const modules = await Promise.all(Object.values(sdks).map((load) => load()));
  const classes = modules.flatMap((module) => Object.values(module)).filter((value) => typeof value === 'function');
  const client = classes.find(({ name }) => /^[A-Z]\w+Client$/.test(name))?.name ?? '';
  const commands = classes.filter(({ name }) => name.endsWith('Command'));
  return {
    commands: new Map(commands.map((command) => [command.name.replace(/Command$/, ''), command as CommandClass])),
    namespace: client.replace(/(Service)?Client$/, ''),
  };
}

function sampleOf(operation: string, { commands }: Sdk, service: Service, resource: string): JsonObject {
  const command = commands.get(operation);
  if (command === undefined)
    throw new UsageError(
      `${service.id} has no operation "${operation}"; did you mean ${closest(operation, [...commands.keys()])}?`,
    );
  return sampleEvent(sourceOf(service), resource, operationOf(command));
}

const nextSteps = ({ service, resource, calls }: Draft): readonly string[] => [
  `Correct the samples in events/${service}/ (${calls.map(({ name }) => `${name}.json`).join(', ')}): their shape is what the SDK's model lets expect, their values are placeholders. Compare them with a record of your own account, or with the service's page on CloudTrail; the event's name, too.`,
  `Write shared/resources/${service}/${resource}.ts: its type as AWS Config names it, what each event names (\`ids\`), the facets with their IAM grants, \`list\`. The comments there name the helpers.`,
  `Say in tests/resources/${service}/${resource}.test.ts which ids each sample names; it fails until then.`,
  `Correct its entry in ${predictedEventsFile(service)}: the id of one such resource, and what the members of the SDK's model that name it stand for. tests/predicted-events.test.ts reads it once a control evaluates the type.`,
  `npm test -- tests/resources/${service}/${resource}, then npm run new-control ${service} ${service}-${resource}-<secure state>`,
];
