import { field } from '../../event.ts';

/** A statement of a resource policy, as far as it is read; a field may hold one value or a list of them. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/** A resource policy. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement?: PolicyStatement | readonly PolicyStatement[];
}

/** Reads a policy's JSON. Throws where the text is not a JSON object. */
export function parsePolicy(text: string): PolicyDocument {
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error('the policy is not a JSON object');
  return document;
}

/** The text of a policy as it stands, out of what IAM answers: percent-encoded, unless it is JSON already. */
export const decodedPolicy = (answered: string): string =>
  answered.trimStart().startsWith('{') ? answered : decodeURIComponent(answered);

/** The statements, also where the document holds a single one bare. */
export const statementsOf = (document: PolicyDocument): readonly PolicyStatement[] =>
  listOf((field(document, 'Statement') ?? []) as PolicyStatement | readonly PolicyStatement[]);

/** One value or a list of them, as a list. */
export const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** The strings among one value or a list of them. */
export const stringsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((member): member is string => typeof member === 'string');

/** True for `"*"` and `{"AWS": "*"}`: everybody, whether signed in or not. */
export const isEveryone = (principal: unknown): boolean =>
  principal === '*' || stringsOf(field(principal, 'AWS')).includes('*');

/** True where the IAM pattern (`*` any run of characters, `?` any one) matches the whole text. It goes back to the last star only, so that no pattern can stall it. */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumed = 0;
  for (let index = 0; index < text.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resumed = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resumed;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** An element of a statement, whatever the case of its name. */
export const element = (statement: PolicyStatement, name: keyof PolicyStatement): unknown => field(statement, name);

export const isAllow = (statement: PolicyStatement): boolean => hasEffect(statement, 'allow');
export const isDeny = (statement: PolicyStatement): boolean => hasEffect(statement, 'deny');

const hasEffect = (statement: PolicyStatement, effect: string) =>
  String(element(statement, 'Effect')).toLowerCase() === effect;

/** One condition: operator, key in small letters, values as strings. */
export type Condition = readonly [operator: string, key: string, values: readonly string[]];

/** The conditions as flat triples. */
export function conditionsOf(condition: unknown): readonly Condition[] {
  return entriesOf(condition).flatMap(([operator, keys]) =>
    entriesOf(keys).map(([key, values]) => [operator, key.toLowerCase(), listOf(values).map(String)] as const),
  );
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** True where a role's trust policy lets an AWS service use the role; conditions are left to AWS. */
export const isTrusting = (trustPolicy: PolicyDocument, service: string): boolean =>
  statementsOf(trustPolicy).some(
    ({ Effect, Principal, Action }) =>
      Effect === 'Allow' &&
      stringsOf((Principal as { readonly Service?: unknown } | undefined)?.Service).includes(service) &&
      stringsOf(Action).some((pattern) => matchesPattern(pattern.toLowerCase(), 'sts:assumerole')),
  );
