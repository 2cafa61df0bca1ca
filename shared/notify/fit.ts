import type { CallData } from '../step.ts';
import { mailOf } from './mail.ts';
import type { Message, MessageFinding } from './message.ts';

/** SNS refuses 262,144 bytes and more, all formats and attributes of a message together; attributes take the rest. */
export const MAX_MESSAGE_BYTES = 240_000;
/** Of all plans together. */
const MAX_STEPS_BYTES = 100_000;
/** Of one text; at first, and where that is not enough. */
const LONG = 1_000;
const SHORT = 200;
const MAX_FINDINGS = 5;
const MAX_COMMAND_CHARACTERS = 1_000;
const MAX_MAIL_CHARACTERS = 8_000;
/** No id and no address of AWS is longer. */
const MAX_ID_CHARACTERS = 500;
const MAX_URL_CHARACTERS = 2_000;

/** A message that is too large loses its least telling parts, one kind after the other, and says which: what it is about, its ids and its commands stay. `sizeOf` is what its formats take together. */
export function fitted(message: Message, sizeOf: (message: Message) => number): Message {
  let left = message;
  for (const [what, lose] of LOSSES) {
    if (sizeOf(left) <= MAX_MESSAGE_BYTES) return left;
    left = withText({ ...lose(left), leftOut: [...left.leftOut, what] });
  }
  return left;
}

type Loss = readonly [string, (message: Message) => Message];

const LOSSES: readonly Loss[] = [
  ['the last steps of its plans; history has them all', withFewerSteps],
  ['the ends of long texts', (message) => withShortTexts(message, LONG)],
  ['all steps; history has them', (message) => eachFinding(message, withoutSteps)],
  ['the last findings and resources; the ledger has them all', withFewFindings],
  ['the end of the text', (message) => message],
];

/** The text follows the fields; where it is the message, it is cut. */
function withText(message: Message): Message {
  const text = message.resource === null ? message.text : mailOf(message);
  const isLast = message.leftOut.length === LOSSES.length;
  return { ...message, text: isLast ? cut(text, MAX_MAIL_CHARACTERS) : text };
}

const eachFinding = (message: Message, change: (finding: MessageFinding) => MessageFinding): Message => ({
  ...message,
  findings: message.findings.map(change),
});

function withFewerSteps(message: Message): Message {
  const budget = MAX_STEPS_BYTES / Math.max(message.findings.length, 1);
  return eachFinding(message, (finding) => {
    const steps = first(finding.steps, budget);
    return { ...finding, steps, stepsLeftOut: finding.stepsLeftOut + finding.steps.length - steps.length };
  });
}

const withoutSteps = (finding: MessageFinding): MessageFinding => ({
  ...finding,
  steps: [],
  stepsLeftOut: finding.stepsLeftOut + finding.steps.length,
});

/** The first calls of a plan that fit. */
function first(steps: readonly CallData[], budget: number): readonly CallData[] {
  let size = 0;
  const firstLeftOut = steps.findIndex((call) => {
    // Sent as JSON in JSON.
    size += Buffer.byteLength(JSON.stringify(JSON.stringify(call)));
    return size > budget;
  });
  return firstLeftOut < 0 ? steps : steps.slice(0, firstLeftOut);
}

function withShortTexts(message: Message, most: number): Message {
  const { resource, who, text } = message;
  const short = eachFinding(message, (finding) => ({
    ...shortened(finding, most),
    changes: finding.changes.map((line) => cut(line, most)),
    // A command that is cut is another command.
    advice: finding.advice.map((one) =>
      (one.command ?? '').length > MAX_COMMAND_CHARACTERS
        ? { ...shortened(one, most), action: null, command: null }
        : { ...shortened(one, most), command: one.command },
    ),
  }));
  return {
    ...short,
    title: cut(short.title, most),
    text,
    resource: resource === null ? null : shortened(resource, most),
    who: who === null ? null : shortened(who, most),
  };
}

const LIMITS: Readonly<Record<string, number>> = {
  id: MAX_ID_CHARACTERS,
  resourceId: MAX_ID_CHARACTERS,
  consoleUrl: MAX_URL_CHARACTERS,
};

/** A part whose own texts are cut. */
function shortened<T extends object>(part: T, most: number): T {
  const entries = Object.entries(part).map(([name, value]) => [
    name,
    typeof value === 'string' ? cut(value, LIMITS[name] ?? most) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

function withFewFindings(message: Message): Message {
  return {
    ...withShortTexts({ ...message, findings: message.findings.slice(0, MAX_FINDINGS) }, SHORT),
    groups: message.groups.slice(0, MAX_FINDINGS).map((group) => ({
      ...shortened(group, SHORT),
      resources: group.resources.slice(0, MAX_FINDINGS).map((one) => shortened(one, SHORT)),
    })),
  };
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
