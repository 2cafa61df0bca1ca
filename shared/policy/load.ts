import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { closest } from 'fastest-levenshtein';
import { type Document, isMap, LineCounter, type Node, parseDocument, type Scalar, type YAMLParseError } from 'yaml';
import { canFitRegion, meantRegion } from '../aws/region-names.ts';
import type { AnyControl } from '../control.ts';
import type { Detection } from '../detection.ts';
import { isTimeZone } from '../notify/quiet-hours.ts';
import { dayOf, milliseconds } from '../time.ts';
import { fits as fitsPattern } from './patterns.ts';
import type { PolicyDocument } from './policy.ts';
import { policySchema } from './schema.ts';

/** policy.yml is invalid. One line for each error: where, what, and what is allowed. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join('\n'));
    this.errors = errors;
  }
}

/** The policy.yml of a tree, `{}` where it has none: then all is only detected, and nothing fails open. Throws PolicyError, or the file system's error where there is one that cannot be read. */
export function readPolicy(
  path: string,
  controls: readonly AnyControl[],
  detections: readonly Detection[],
): PolicyDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  return parsePolicy(text, 'policy.yml', controls, detections);
}

/** Reads and validates the text of a policy.yml. `name` is the file's name, for messages. Throws PolicyError. */
export function parsePolicy(
  text: string,
  name: string,
  controls: readonly AnyControl[],
  detections: readonly Detection[] = [],
): PolicyDocument {
  const lines = new LineCounter();
  const at = (offset = 0) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  // Its warnings would be printed beside the line that says what is wrong.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const [broken] = document.errors;
  if (broken !== undefined) throw new PolicyError([`${at(broken.pos[0])} ${syntaxMessageOf(broken)}`]);
  const content = contentOf(document, at());
  // The schema is our own and validated by the tests; here that would take longer than all else.
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, validateSchema: false });
  ajv.addFormat('date', isDate);
  const errorAt = (path: readonly string[], key: unknown, message: string) => {
    const offset = nodeAt(document, path, key)?.range?.[0] ?? 0;
    return { offset, text: `${at(offset)} ${path.join('.') || 'the file'}: ${message}` };
  };
  // Compiling the settings of every control takes longer than all else of a short command: only those that are named.
  const fits = ajv.validate(policySchema(controls, detections, isNamedIn(content)), content);
  const errors = fits
    ? [
        ...tooLate(content as PolicyDocument),
        ...unknownRegions(content as PolicyDocument),
        ...unknownZone(content as PolicyDocument),
        ...tooLong(content as PolicyDocument),
      ].map(([path, message]) => errorAt(path, null, message))
    : (ajv.errors ?? []).map((error) => {
        const path = error.instancePath.split('/').slice(1).map(unescaped);
        return errorAt(path, error.params.additionalProperty, messageOf(error));
      });
  const inFileOrder = errors.toSorted((one, other) => one.offset - other.offset).map(({ text }) => text);
  if (inFileOrder.length > 0) throw new PolicyError(inFileOrder);
  return content as PolicyDocument;
}

/** What the schema does not see: where it stands, and what is wrong. */
type Misfit = readonly [path: readonly string[], message: string];

/** The regions of `matches` that are none, and the patterns that fit none: such a rule would hold nowhere. */
const unknownRegions = ({ matches = [] }: PolicyDocument): readonly Misfit[] =>
  matches.flatMap(({ region }, index) =>
    region === undefined || canFitRegion(region, fitsPattern)
      ? []
      : [[['matches', `${index}`, 'region'], `"${region}" fits no region; ${meantRegion(region)}`]],
  );

/** A time zone that is none: every notification would fail. */
const unknownZone = ({ notify }: PolicyDocument): readonly Misfit[] => {
  const zone = notify?.quietHours?.timeZone;
  return zone === undefined || isTimeZone(zone)
    ? []
    : [[['notify', 'quietHours', 'timeZone'], `"${zone}" is no time zone; allowed: names like Europe/Berlin`]];
};

/** No date is so far away that a time of this length cannot be counted from today. */
const LONGEST = '36500d';

/** Lengths of time beyond all dates: what is to end after one could not be recorded. */
function tooLong({ limits, notify }: PolicyDocument): readonly Misfit[] {
  const given: readonly (readonly [path: readonly string[], duration: string | undefined])[] = [
    [['limits', 'flap', 'within'], limits?.flap?.within],
    [['limits', 'approval', 'within'], limits?.approval?.within],
    ...Object.entries(notify?.reminders ?? {}).map(([name, every]) => [['notify', 'reminders', name], every] as const),
  ];
  return given.flatMap(([path, duration = '0m']) =>
    milliseconds(duration) <= milliseconds(LONGEST)
      ? []
      : [[path, `"${duration}" is too long; allowed: up to ${LONGEST}, a hundred years`]],
  );
}

/** The exemptions that last longer than a year from today: where they stand, and what is allowed. */
function tooLate({ exemptions = [] }: PolicyDocument): readonly Misfit[] {
  const last = lastExpiry(new Date());
  return exemptions.flatMap(({ expires }, index) =>
    expires <= last
      ? []
      : [
          [
            ['exemptions', `${index}`, 'expires'],
            `"${expires}" is too late; allowed: up to ${last}, a year from today`,
          ],
        ],
  );
}

/** The last day on which an exemption that is granted now may expire. */
export function lastExpiry(now: Date): string {
  const last = new Date(now);
  last.setUTCFullYear(last.getUTCFullYear() + 1);
  return dayOf(last);
}

/** Of several documents in a file the parser names a function of its own as the remedy. */
const syntaxMessageOf = ({ code, message }: YAMLParseError): string =>
  code === 'MULTIPLE_DOCS' ? 'a second document begins here (---): all settings stand in one' : message;

/** The document as data; unresolved or excessive aliases show only here. */
function contentOf(document: Document, where: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw new PolicyError([`${where} ${(error as Error).message}`]);
  }
}

/** Whether the document has settings of a control or detection. */
function isNamedIn(content: unknown): (id: string) => boolean {
  const { controls } = Object(content) as Partial<Readonly<Record<string, unknown>>>;
  return (id) => Object.hasOwn(Object(controls), id);
}

/** The node at a path, or the key of that name in it. */
function nodeAt(document: Document, path: readonly string[], key: unknown): Node | undefined {
  const node = document.getIn(path, true) as Node | undefined;
  const pair = isMap<Scalar, unknown>(node) ? node.items.find((item) => item.key.value === key) : undefined;
  return pair?.key ?? node;
}

/** True for a day that exists, written `2027-01-31`. */
export const isDate = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** Settings of an object that a message names. */
const MAX_NAMED = 20;

function messageOf({ keyword, params, parentSchema, data, message }: ErrorObject): string {
  if (keyword === 'additionalProperties') {
    const allowed = Object.keys((parentSchema as { properties: object }).properties);
    return `"${params.additionalProperty}" is not known; ${nearest(params.additionalProperty, allowed)}`;
  }
  if (keyword === 'enum')
    return `${JSON.stringify(data)} is not allowed; ${nearest(String(data), params.allowedValues)}`;
  const settings = Object.keys((parentSchema as { readonly properties?: object }).properties ?? {});
  // Of `controls`, the names would fill a page.
  const isNoObject = keyword === 'type' && settings.length > 0 && settings.length <= MAX_NAMED;
  return `${JSON.stringify(data)} ${message}${isNoObject ? `; allowed: an object of ${settings.join(', ')}` : ''}`;
}

/** What is allowed: all of it where it is short, else the name that was probably meant. */
function nearest(given: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return 'nothing is allowed here';
  if (allowed.length <= 8) return `allowed: ${allowed.join(', ')}`;
  return `did you mean ${closest(given, allowed as string[])}?`;
}
