import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Parts } from './test-harmless.ts';

/** A statement as its JSON is. */
export type Statement = Readonly<Record<string, unknown>>;

/** A policy, and how its text is written: its indentation, and one statement alone or in a list. */
export interface Policy {
  readonly id: string | null;
  readonly statements: readonly Statement[];
  readonly indent: number;
  /** The text that a call has put; else it is made of the rest. */
  readonly text?: string;
}

export const OWN = '111122223333';
export const OTHER = '444455556666';
const EVERYBODY: readonly unknown[] = ['*', { AWS: '*' }, { AWS: [`arn:aws:iam::${OTHER}:root`, '*'] }];
const SOMEBODY: readonly unknown[] = [
  { AWS: `arn:aws:iam::${OWN}:root` },
  { AWS: `arn:aws:iam::${OTHER}:role/reader` },
  { AWS: [`arn:aws:iam::${OWN}:role/a`, OWN] },
  { Service: 'cloudfront.amazonaws.com' },
];
/** Conditions that say who, or from where. */
const NARROWING: readonly unknown[] = [
  { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } },
  { StringEquals: { 'aws:SourceAccount': OWN } },
  { StringEquals: { 'kms:CallerAccount': OWN } },
  { ArnLike: { 'aws:SourceArn': `arn:aws:sns:eu-west-1:${OWN}:orders` } },
  { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { StringEquals: { 'aws:SourceVpce': 'vpce-1' }, Bool: { 'aws:SecureTransport': 'true' } },
];
/** Conditions that anybody can meet. */
const OPEN: readonly unknown[] = [
  { Bool: { 'aws:SecureTransport': 'true' } },
  { StringLike: { 'aws:PrincipalOrgID': '*' } },
  { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example' } },
  { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } },
  { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
  { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example' } },
];

const isAmong = (values: readonly unknown[], one: unknown) => values.some((value) => isDeepStrictEqual(value, one));

/** Whether a statement lets everybody in, as this file's vocabulary has it. */
export const isPublic = ({ Effect, Principal, NotPrincipal, Condition }: Statement): boolean =>
  Effect === 'Allow' && (NotPrincipal !== undefined || isAmong(EVERYBODY, Principal)) && !isAmong(NARROWING, Condition);

/** The statements by which a policy lets everybody in: not those of which a denial takes everything back. */
export const publicIn = (statements: readonly Statement[]): readonly Statement[] =>
  statements.filter((one) => isPublic(one) && !statements.some((denial) => takesBack(denial, one)));

const takesBack = (denial: Statement, { Action, Resource }: Statement) =>
  denial.Effect === 'Deny' &&
  isAmong(EVERYBODY, denial.Principal) &&
  denial.Condition === undefined &&
  isDeepStrictEqual([denial.Action, denial.Resource], [Action, Resource]);

/** Whether a statement that is not public lets another account or an organization in. */
export const letsOthersIn = (statement: Statement): boolean => {
  if (statement.Effect !== 'Allow' || isPublic(statement)) return false;
  const condition = JSON.stringify(statement.Condition ?? {});
  if (condition.includes(OWN)) return false;
  return isAmong(EVERYBODY, statement.Principal) || statement.NotPrincipal !== undefined
    ? condition.includes('o-example')
    : JSON.stringify(statement.Principal).includes(OTHER);
};

/** Without a value where it is undefined, as JSON has it. */
const defined = (statement: Statement): Statement =>
  Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined));
const maybe = (values: readonly unknown[]) => fc.constantFrom<unknown>(undefined, ...values);

const allowing = (actions: readonly string[], resource: unknown, isOpen: boolean) =>
  fc
    .record({
      Effect: fc.constant('Allow'),
      Principal: fc.constantFrom<unknown>(...SOMEBODY, ...(isOpen ? EVERYBODY : [])),
      Action: fc.constantFrom<unknown>(...actions, [...actions]),
      Resource: fc.constant(resource),
      Condition: maybe(isOpen ? [...OPEN, ...NARROWING] : NARROWING),
    })
    .map(defined);

/** Policies of these actions on this resource with these denials; `isOpen`: some statements may be for everybody. */
export const policyOf = (
  actions: readonly string[],
  resource: unknown,
  denials: readonly Statement[],
  isOpen: boolean,
): fc.Arbitrary<Policy> =>
  fc
    .record({
      id: fc.option(fc.constant('of-the-team')),
      statements: fc.array(
        denials.length === 0
          ? allowing(actions, resource, isOpen)
          : fc.oneof({ weight: 3, arbitrary: allowing(actions, resource, isOpen) }, fc.constantFrom(...denials)),
        { minLength: 1, maxLength: 4 },
      ),
      indent: fc.constantFrom(0, 1, 2, 4),
      hasSids: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    })
    .map(({ hasSids, ...policy }) => ({
      ...policy,
      statements: policy.statements.map((one, index) => (hasSids[index] ? { Sid: `S${index}`, ...one } : one)),
    }));

/** AWS takes no two statements of one Sid, and none with both a principal and none; denials are those that a model knows. */
export const isPossiblePolicy = ({ statements }: Policy, denials: readonly Statement[]): boolean => {
  const sids = statements.flatMap(({ Sid }) => Sid ?? []);
  return (
    statements.length > 0 &&
    new Set(sids).size === sids.length &&
    statements.every(({ Sid: _, ...statement }) =>
      statement.Effect === 'Deny'
        ? isAmong(denials, statement)
        : ['Effect', 'Principal', 'Action', 'Resource'].every((member) => statement[member] !== undefined),
    )
  );
};

/** The text of a policy. */
export const textOf = ({ id, statements, indent, text }: Policy): string =>
  text ??
  JSON.stringify({ Version: '2012-10-17', ...(id === null ? {} : { Id: id }), Statement: statements }, null, indent);

/** The policy that a call has put. */
export function policyFrom(text: string): Policy {
  const { Id = null, Statement } = JSON.parse(text) as {
    readonly Id?: string;
    readonly Statement: readonly Statement[];
  };
  return { id: Id, statements: Statement, indent: 0, text };
}

/** How a statement is called among the parts of its policy. */
type NameOf = (statement: Statement, place: number) => string;
const byContent: NameOf = (statement) => String(statement.Sid ?? JSON.stringify(statement));
/** For policies of which no statement goes. */
export const byPlace: NameOf = (_, place) => `statement ${place}`;

/** The members of a policy and its statements, each by its Sid, else by what it says. */
export function partsOfPolicy(policy: Policy, nameOf = byContent): Parts {
  const { Statement: _, ...others } = JSON.parse(textOf(policy)) as Readonly<Record<string, unknown>>;
  const seen = new Map<string, number>();
  const named = policy.statements.map((statement, place) => {
    const name = nameOf(statement, place);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [`${name} ${count}`, statement] as const;
  });
  return { ...others, ...Object.fromEntries(named), text: textOf(policy) };
}

/** The names of some statements, as `partsOfPolicy` has them; and the text, which holds them. */
export const partsWith = (policy: Policy, some: readonly Statement[], nameOf = byContent): readonly string[] => [
  'text',
  ...Object.entries(partsOfPolicy(policy, nameOf)).flatMap(([name, part]) =>
    some.includes(part as Statement) ? [name] : [],
  ),
];

/** True where the one text is the other without some of it: nothing in between was rewritten. */
export function isPartOf(shorter: string, longer: string): boolean {
  let at = 0;
  for (const character of longer) if (character === shorter[at]) at += 1;
  return at === shorter.length;
}
