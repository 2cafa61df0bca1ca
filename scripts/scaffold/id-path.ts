import { isObject, type JsonObject } from '../../shared/event.ts';

/** Where a record names a resource: the side, and the path as `strings` takes it. */
export interface IdPath {
  readonly side: 'request' | 'response';
  readonly path: string;
}

/** What the operation makes is named by the answer; everything else, by the request. */
const CREATING = /^(Create|Copy|Run|Restore|Allocate|Register|Import|Request)/;

/** The best guess at where the record of a call names the resource (`vpc-endpoint`): the member that is called like it and its id. Null where none is. */
export function idPathIn(event: JsonObject, resource: string): IdPath | null {
  const { requestParameters, responseElements, eventName } = event.detail as JsonObject;
  const word = resource.replaceAll('-', '');
  const last = resource.split('-').at(-1);
  const sides = [
    ...leavesOf(requestParameters).map((path) => ({ side: 'request', path }) as const),
    ...leavesOf(responseElements).map((path) => ({ side: 'response', path }) as const),
  ];
  const wanted = CREATING.test(String(eventName)) ? 'response' : 'request';
  const ranked = sides
    .map((found) => ({ found, rank: rankOf(found.path, word, last) + (found.side === wanted ? 0.5 : 0) }))
    .filter(({ rank }) => rank >= 1)
    .sort((a, b) => b.rank - a.rank);
  const [best] = ranked;
  if (best === undefined) return null;
  // The wrapper `<Operation>Request` is taken off before anybody reads the record.
  const path = best.found.path.replace(new RegExp(`^${eventName}(Request|Response)\\.`), '');
  return { side: best.found.side, path };
}

/** `GroupId` may be a security group's, before anything else that is called like it. */
function rankOf(path: string, word: string, last = word): number {
  const name = path.split('.').at(-1)?.toLowerCase() ?? '';
  if (new RegExp(`${word}(id|identifier)$`).test(name)) return name === `${word}id` ? 5 : 4;
  if (name === `${word}name` || name === word) return 4;
  if (name === `${last}id`) return 3.6;
  if (name.includes(word)) return 3;
  return /^(id|name|arn)$/.test(name) ? 1 : 0;
}

/** The paths of all texts; members of lists are walked through by `strings` itself. */
function leavesOf(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'string') return [path];
  if (Array.isArray(value)) return value.flatMap((member) => leavesOf(member, path));
  if (!isObject(value)) return [];
  if ('tag' in value && 'content' in value) return leavesOf(value.content, path);
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
}
