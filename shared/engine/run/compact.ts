import { hashOf } from '../../hash.ts';

/** A state up to this size is recorded as it is. DynamoDB takes items of 400 KB, and a record holds a state before, one after, and the steps. */
const MAX_STATE_BYTES = 48_000;
/** What the members that the steps name may take beside the hashes of the others. */
const MAX_KEPT_BYTES = 32_000;
/** A text or a list of texts that is longer is hashed as one. */
const MAX_TEXT_BYTES = 24_000;
const PREFIX = 'sha256:';

/** Ids that AWS assigns anew on re-creation: states that differ in them alone are the same. */
export const REASSIGNED_IDS = ['SecurityGroupRuleId', 'SecurityGroupRuleArn'];

/** A state as a record keeps it: a large one with a hash for each member of its lists, but for those that the steps name by something that no other member has. The hashes still tell which member changed. */
export function compactState(state: unknown, steps: readonly { readonly input: object }[] = []): unknown {
  if (bytesOf(state) <= MAX_STATE_BYTES) return state;
  const named = new Set(steps.flatMap(({ input }) => textsIn(input)));
  let left = MAX_KEPT_BYTES;
  return digested(state, (member, others) => {
    const own = textsIn(member).some((text) => named.has(text) && others.get(text) === 1);
    const size = bytesOf(member);
    if (!own || size > left) return false;
    left -= size;
    return true;
  });
}

/** The state with every member of its lists hashed, as two states are compared of which one is compact. `texts` gets what each hash is of. */
export const digestedState = (state: unknown, texts: Map<string, unknown>): unknown =>
  digested(state, () => false, texts);

/** True for a state that was recorded with hashes. */
export const isCompact = (state: unknown): boolean => textsIn(state).some((text) => /^sha256:[0-9a-f]{24}$/.test(text));

type Keeps = (member: unknown, others: ReadonlyMap<string, number>) => boolean;

function digested(value: unknown, keeps: Keeps, texts?: Map<string, unknown>): unknown {
  const digest = (member: unknown): string => {
    const hash = `${PREFIX}${hashOf(withoutIds(member)).slice(0, 24)}`;
    texts?.set(hash, member);
    return hash;
  };
  if (typeof value === 'string') return Buffer.byteLength(value) > MAX_TEXT_BYTES ? digest(value) : value;
  if (Array.isArray(value)) {
    if (value.every((member) => typeof member !== 'object' || member === null))
      return bytesOf(value) > MAX_TEXT_BYTES ? digest(value) : value;
    const others = new Map<string, number>();
    for (const member of value)
      for (const text of new Set(textsIn(member))) others.set(text, (others.get(text) ?? 0) + 1);
    return value.map((member) => (typeof member !== 'object' || keeps(member, others) ? member : digest(member)));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, digested(member, keeps, texts)]));
}

const withoutIds = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null, (name, member) => (REASSIGNED_IDS.includes(name) ? undefined : member)));

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));
