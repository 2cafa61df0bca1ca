import { Ajv, type ErrorObject } from 'ajv';
import { closest } from 'fastest-levenshtein';
import { LineCounter, parseDocument } from 'yaml';
import type { AnyControl } from '../control.ts';
import type { PolicyDocument } from './policy.ts';
import { policySchema } from './schema.ts';

/** policy.yml says something that is not allowed. One line for each trouble: where, what, and what is allowed. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly troubles: readonly string[];

  constructor(troubles: readonly string[]) {
    super(troubles.join('\n'));
    this.troubles = troubles;
  }
}

/** Reads and validates the text of a policy.yml. `name` is the file's name, for messages. Throws PolicyError. */
export function parsePolicy(text: string, name: string, controls: readonly AnyControl[]): PolicyDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) throw new PolicyError([`${name}: ${broken.message.split('\n')[0]}`]);
  const content: unknown = document.toJS() ?? {};
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  ajv.addFormat('date', isDate);
  if (ajv.validate(policySchema(controls), content)) return withinAYear(content as PolicyDocument, name);
  const troubles = (ajv.errors ?? []).map((error) => {
    const path = error.instancePath.split('/').slice(1).map(unescaped);
    const node = document.getIn(path, true) as { readonly range?: readonly number[] } | undefined;
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return `${name}:${line}:${col} ${path.join('.') || 'the file'}: ${troubleOf(error)}`;
  });
  throw new PolicyError(troubles);
}

/** The policy, if none of its exemptions lasts longer than a year from today. Throws PolicyError. */
function withinAYear(policy: PolicyDocument, name: string): PolicyDocument {
  const last = lastExpiry(new Date());
  const troubles = (policy.exemptions ?? []).flatMap(({ expires }, index) =>
    expires <= last
      ? []
      : [`${name} exemptions.${index}.expires: "${expires}" is too late; allowed: up to ${last}, a year from today`],
  );
  if (troubles.length > 0) throw new PolicyError(troubles);
  return policy;
}

/** The last day on which an exemption that is given now may end. */
export function lastExpiry(now: Date): string {
  const last = new Date(now);
  last.setUTCFullYear(last.getUTCFullYear() + 1);
  return last.toISOString().slice(0, 10);
}

/** True for a day that exists, written `2027-01-31`. */
export const isDate = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

function troubleOf({ keyword, params, parentSchema, data, message }: ErrorObject): string {
  if (keyword === 'additionalProperties') {
    const allowed = Object.keys((parentSchema as { properties: object }).properties);
    return `"${params.additionalProperty}" is not known; ${nearest(params.additionalProperty, allowed)}`;
  }
  if (keyword === 'enum')
    return `${JSON.stringify(data)} is not allowed; ${nearest(String(data), params.allowedValues)}`;
  return `${JSON.stringify(data)} ${message}`;
}

/** What is allowed: all of it where it is short, else the name that was probably meant. */
function nearest(given: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return 'nothing is allowed here';
  if (allowed.length <= 8) return `allowed: ${allowed.join(', ')}`;
  return `did you mean ${closest(given, allowed as string[])}?`;
}
