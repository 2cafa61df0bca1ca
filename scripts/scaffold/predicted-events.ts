import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../../shared/cli/errors.ts';
import { pascalCase } from './files.ts';
import type { Draft } from './resource-templates.ts';

/** What tests/predicted-events.test.ts has to know of a service. */
export const predictedEventsFile = (service: string): string => `tests/resources/${service}/predicted-events.ts`;

/** A service's file before it has a type. `sdk`: whose calls its event source records. */
export const predictedEventsSource = (service: string, sdk = service): string => `\
import type { ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: {},
${sdk === service ? '' : `  sdks: { '${service}.amazonaws.com': ['${sdk}'] },\n`}\
} satisfies ServiceEvents;
`;

/** The service's file with an entry for the type. Throws UsageError where there is no place for it. */
export function withPredictedType(root: string, draft: Draft): string {
  const file = predictedEventsFile(draft.service);
  const source = existsSync(root + file) ? readFileSync(root + file, 'utf8') : predictedEventsSource(draft.service);
  const types = /^ {2}types: \{\n?/m;
  if (!types.test(source)) throw new UsageError(`${file} has no \`types: {\` for an entry of ${draft.type}`);
  return source.replace(types, `  types: {\n${entryOf(draft)}`);
}

/** The words are placeholders: which members of the model name the resource is guessed from the samples. */
function entryOf({ resource, type, calls }: Draft): string {
  const members = calls.flatMap(({ id }) => (id === null ? [] : [pascalCase(id.path.split('.').at(-1) ?? '')]));
  const names = [...new Set(members)].map((member) => `${member}: 'example-${resource}'`);
  return `    '${type}': { id: 'example-${resource}', names: { ${names.join(', ')} } },\n`;
}
