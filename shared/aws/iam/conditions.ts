import { isIP } from 'node:net';
import { isTooWide, reachableRanges, reachOf } from '../cidr.ts';
import { type Condition, conditionsOf } from './policy-document.ts';

/** What a key's value has to be so that the condition narrows a grant. */
type Kind =
  | 'account'
  | 'organization'
  | 'organizationPath'
  | 'arn'
  | 'roleSession'
  | 'addresses'
  | 'endpoint'
  | 'fixed';

/** Keys that AWS sets and a stranger cannot choose, so that a fixed value narrows a grant. Tags, names, referers and what only says which of our resources is meant (`aws:ResourceAccount`) narrow nothing. Sources: S3 User Guide, "The meaning of public"; IAM User Guide, "IAM Access Analyzer filter keys" and "AWS global condition context keys". */
const NARROWING: Readonly<Record<string, Kind>> = {
  'aws:principalaccount': 'account',
  'aws:sourceaccount': 'account',
  'aws:sourceowner': 'account',
  'aws:vpceaccount': 'account',
  'kms:calleraccount': 'account',
  's3:dataaccesspointaccount': 'account',
  'aws:principalorgid': 'organization',
  'aws:sourceorgid': 'organization',
  'aws:vpceorgid': 'organization',
  'aws:principalorgpaths': 'organizationPath',
  'aws:sourceorgpaths': 'organizationPath',
  'aws:vpceorgpaths': 'organizationPath',
  'aws:principalarn': 'arn',
  'aws:sourcearn': 'arn',
  'aws:sourcevpcarn': 'arn',
  'ec2:sourceinstancearn': 'arn',
  's3:dataaccesspointarn': 'arn',
  'aws:userid': 'roleSession',
  'aws:sourceip': 'addresses',
  'aws:sourcevpc': 'fixed',
  'aws:sourcevpce': 'fixed',
  'aws:principalservicename': 'fixed',
  'aws:principalservicenameslist': 'fixed',
  'lambda:eventsourcetoken': 'fixed',
  'sts:externalid': 'fixed',
  'sns:endpoint': 'endpoint',
};

/** S3's limits: broader ranges are as good as none. Source: S3 User Guide, "The meaning of public". */
const NARROW_ENOUGH = { ipv4: 8, ipv6: 32 };

const hasWildcard = (value: string) => /[*?]/.test(value);

/** Variables that the resource alone decides: every other one is the caller's to choose. */
const OWN_VARIABLES = ['${aws:ResourceAccount}', '${aws:ResourceOrgID}'];

const isLiteral = (value: string) =>
  value !== '' && !hasWildcard(value) && (OWN_VARIABLES.includes(value) || !value.includes('${'));

/** The account of an ARN, or of a pattern for ARNs; null where it is none or not fixed. */
export const accountIn = (arn: string): string | null => /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? null;

const isOrganization = (value: string) => /^o-[a-z0-9-]+$/.test(value) || value === '${aws:ResourceOrgID}';

/** A part of the world's addresses, no range of it broader than S3 takes for narrow. */
function isNarrowRange(values: readonly string[]): boolean {
  if (values.some((value) => isIP(value.split('/')[0] ?? '') === 0 || isTooWide(value, NARROW_ENOUGH))) return false;
  return reachOf(reachableRanges(values)) < 0.5;
}

const isFixed: Readonly<Record<Kind, (values: readonly string[]) => boolean>> = {
  account: (values) => values.every(isLiteral),
  organization: (values) => values.every(isOrganization),
  organizationPath: (values) => values.every((value) => /^o-[a-z0-9-]+\//.test(value) && !value.includes('${')),
  arn: (values) => values.every((value) => isLiteral(value) || (accountIn(value) !== null && !value.includes('${'))),
  // What follows the unique id of a role is the session's name, which whoever has the role chooses.
  roleSession: (values) => values.every((value) => isLiteral(value) || /^A[A-Z0-9]{15,}:/.test(value)),
  addresses: (values) => isNarrowRange(values),
  endpoint: (values) => values.every((value) => isLiteral(value) || /^\*@[^*?$]+$/.test(value)),
  fixed: (values) => values.every(isLiteral),
};

/** A condition's operator in its parts. */
interface Operator {
  readonly name: string;
  /** `ForAllValues:` and `…IfExists` hold as well where the key is absent. */
  readonly holdsWithoutKey: boolean;
}

function operatorOf(operator: string): Operator {
  const [, set = '', name = '', ifExists] =
    /^(forallvalues:|foranyvalue:)?(.*?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  return { name, holdsWithoutKey: set === 'forallvalues:' || ifExists !== undefined };
}

const POSITIVE = ['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike', 'ipaddress'];
const NEGATIVE = [
  'stringnotequals',
  'stringnotequalsignorecase',
  'stringnotlike',
  'arnnotequals',
  'arnnotlike',
  'notipaddress',
];

/** True where the values of a key are so fixed that only what fits them is meant. */
const isFixedKey = (key: string, values: readonly string[]): boolean => {
  const kind = NARROWING[key];
  return kind !== undefined && values.length > 0 && isFixed[kind](values);
};

/** True where a condition has this operator, key and only value, whatever the case. */
export const says = ([operator, named, values]: Condition, name: string, key: string, value: string): boolean =>
  operator.toLowerCase() === name && named === key && values.join().toLowerCase() === value;

/** True where a `Null` condition asks for the key to be there. */
const isRequired = (key: string, conditions: readonly Condition[]): boolean =>
  conditions.some((condition) => says(condition, 'null', key, 'false'));

/** True where a condition asks whether an AWS service itself calls. A request that nobody signed does not have the key. Source: IAM User Guide, "AWS global condition context keys". */
const asksForService = ([operator, key, values]: Condition, answer: 'true' | 'false'): boolean =>
  operatorOf(operator).name === 'bool' && key === 'aws:principalisawsservice' && values.join().toLowerCase() === answer;

/** True where only fixed values of a key, or AWS services, get through. */
function letsThroughOnlyFixed(condition: Condition, conditions: readonly Condition[]): boolean {
  const [operator, key, values] = condition;
  const { name, holdsWithoutKey } = operatorOf(operator);
  if (holdsWithoutKey && !isRequired(key, conditions)) return false;
  return (POSITIVE.includes(name) && isFixedKey(key, values)) || asksForService(condition, 'true');
}

/** The conditions of a grant that narrow it, whoever its principal is. All conditions of a statement have to hold, so that one is enough. */
export function narrowingConditions(condition: unknown): readonly Condition[] {
  const conditions = conditionsOf(condition);
  return conditions.filter((one) => letsThroughOnlyFixed(one, conditions));
}

/** True where a denial with these conditions hits everybody but fixed values of keys, and AWS services where it spares them. */
export const sparesOnlyFixed = (condition: unknown): boolean =>
  conditionsOf(condition).every((one) => {
    const [operator, key, values] = one;
    const { name, holdsWithoutKey } = operatorOf(operator);
    if (/^for/i.test(operator)) return false;
    // `Bool` alone would spare whoever does not sign.
    return (NEGATIVE.includes(name) && isFixedKey(key, values)) || (holdsWithoutKey && asksForService(one, 'false'));
  });

/** Whom a narrowing condition names. */
export interface Named {
  readonly accounts: readonly string[];
  readonly organizations: readonly string[];
}

/** The accounts and organizations that a condition names; null where it narrows by something else (a network, a service, a secret). */
export function namedBy([, key, values]: Condition): Named | null {
  switch (NARROWING[key]) {
    case 'account':
      return { accounts: values, organizations: [] };
    case 'organization':
      return { accounts: [], organizations: values };
    case 'organizationPath':
      return { accounts: [], organizations: values.map((path) => path.split('/')[0] ?? '') };
    case 'arn': {
      const accounts = values.map(accountIn);
      return accounts.includes(null) ? null : { accounts: accounts.filter((id) => id !== null), organizations: [] };
    }
    default:
      return null;
  }
}

/** Keys by which a service says for whose resource it acts. Source: IAM User Guide, "The confused deputy problem". */
const SOURCE_KEYS = ['aws:sourceaccount', 'aws:sourcearn', 'aws:sourceowner', 'aws:sourceorgid', 'aws:sourceorgpaths'];

/** True where a grant to a service says for whose resources the service may use it. */
export const namesSource = (condition: unknown): boolean =>
  narrowingConditions(condition).some(([, key]) => SOURCE_KEYS.includes(key));
