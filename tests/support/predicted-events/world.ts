import { existsSync, readdirSync } from 'node:fs';
import { loadServices, ROOT } from '../../../scripts/catalogue.ts';
import type { AnyResource } from '../../../shared/control.ts';
import type { ServiceEvents, Subject } from './service-events.ts';

// An account in which everything is there once, put together from what stands beside the tests of each service.

export const fileOf = (service: string): string => `tests/resources/${service}/predicted-events.ts`;

async function load(service: string): Promise<readonly [string, ServiceEvents]> {
  const { default: own } = (await import(ROOT + fileOf(service))) as { default?: ServiceEvents };
  if (own === undefined)
    throw new Error(`${fileOf(service)} has no default export: export default {…} satisfies ServiceEvents`);
  return [service, own];
}

const services = new Map(
  await Promise.all(
    readdirSync(`${ROOT}tests/resources`)
      .filter((service) => existsSync(ROOT + fileOf(service)))
      .map(load),
  ),
);

/** All services' entries of one kind. Throws where two of them say something different of the same. */
function merged<T>(entriesOf: (own: ServiceEvents) => Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  const all = new Map<string, T>();
  for (const [service, own] of services)
    for (const [key, value] of Object.entries(entriesOf(own))) {
      if (all.has(key) && JSON.stringify(all.get(key)) !== JSON.stringify(value))
        throw new Error(`${fileOf(service)} says of ${key} something different from another service's file`);
      all.set(key, value);
    }
  return all;
}

/** By SDK and member, `ec2 GroupId`: services may add to what another one says of an SDK. */
const words = merged(({ names = {} }) =>
  Object.fromEntries(
    Object.entries(names).flatMap(([sdk, own]) =>
      Object.entries(own).map(([member, word]) => [`${sdk} ${member}`, word] as const),
    ),
  ),
);
const sdks = merged(({ sdks = {} }) => sdks);
const operations = merged(({ operations = {} }) => operations);

export const typeKey = ({ service, type }: AnyResource): string => `${service.id} ${type}`;

/** The one resource of a type. Throws where the account holds none. */
export function subjectOf({ service, type }: AnyResource): Subject {
  const own = services.get(service.id);
  const file = fileOf(service.id);
  if (own === undefined) throw new Error(`${file} is missing: it says how events name a resource of ${type}`);
  const subject = own.types[type];
  if (subject === undefined)
    throw new Error(`${file} needs an entry for ${type} among its \`types\`: the id of one, and how events name it`);
  return subject;
}

/** What a member of an SDK's model stands for, where the account has a word for it. */
export const namedIn = (sdk: string, { names = {} }: Subject, member: string): string | undefined =>
  names[`${sdk} ${member}`] ?? names[member] ?? words.get(`${sdk} ${member}`);

/** The SDKs whose calls an event source records: the one that is called like it, where no service says otherwise. */
export const sdksOf = (eventSource: string): readonly string[] =>
  sdks.get(eventSource) ?? [eventSource.replace('.amazonaws.com', '')];

/** The operation that an event is the record of, where it has a name of its own. */
export const renamedOperation = (sdk: string, eventName: string): string | undefined =>
  operations.get(`${sdk} ${eventName}`);

/** Another one of the kind, as a list names it beside the first. */
export const another = (text: string): string => text.replace(/.$/, (last) => (last === '9' ? '8' : '9'));

/** What there is to say something about: types as `<service> <type>`, events as `<source> <name>`. */
export interface Heard {
  readonly types: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
}

/** Those that look-ups ask, whether or not anything listens to their calls. */
const LOADED_SDKS = (await loadServices()).flatMap(({ sdks }) => Object.keys(sdks));

/** The entries that nothing uses, each with its file: those of a type without a control, or of events that nothing listens to. */
export function unusedEntries({ types, events }: Heard): readonly string[] {
  const calls = [...events].map((event) => {
    const [source = '', ...name] = event.split(' ');
    return { source, sdks: sdksOf(source), name: name.join(' ') };
  });
  const used = {
    names: new Set([...LOADED_SDKS, ...calls.flatMap(({ sdks }) => sdks)]),
    sdks: new Set(calls.map(({ source }) => source)),
    operations: new Set(calls.flatMap(({ sdks, name }) => sdks.map((sdk) => `${sdk} ${name}`))),
  };
  return [...services].flatMap(([service, own]) => {
    const isUsed = { types: { has: (type: string) => types.has(`${service} ${type}`) }, ...used };
    return (['types', 'names', 'sdks', 'operations'] as const).flatMap((kind) =>
      Object.keys(own[kind] ?? {})
        .filter((key) => !isUsed[kind].has(key))
        .map((key) => `${fileOf(service)}: ${kind} ${key}`),
    );
  });
}
