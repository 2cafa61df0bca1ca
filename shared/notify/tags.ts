type Tags = Readonly<Record<string, string>>;

const NAME = ['name'];
const OWNER = ['owner', 'team'];
const STACK = ['aws:cloudformation:stack-name'];

/** AWS takes no longer value. */
const MAX_CHARACTERS = 256;

/** The first tag of these names, in whatever case, that says something. */
function tagOf(tags: Tags, names: readonly string[]): string | null {
  const found = names.flatMap((name) => Object.entries(tags).filter(([key]) => key.toLowerCase() === name));
  return found.find(([, value]) => value !== '')?.[1].slice(0, MAX_CHARACTERS) ?? null;
}

/** By which people know a resource. */
export const nameOf = (tags: Tags = {}): string | null => tagOf(tags, NAME);
export const ownerOf = (tags: Tags = {}): string | null => tagOf(tags, OWNER);
export const stackOf = (tags: Tags = {}): string | null => tagOf(tags, STACK);

/** The tags that a notification shows; all others stay where they are. */
export const knownBy = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => [...NAME, ...OWNER, ...STACK].includes(key.toLowerCase())));
