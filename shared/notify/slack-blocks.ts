import { visible, visibleLines } from '../text.ts';

/** A text object: plain, or with Slack's formatting. */
export type SlackText =
  | { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };

/** The blocks that our messages are made of. */
export type SlackBlock =
  | { readonly type: 'header'; readonly text: SlackText }
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'section'; readonly fields: readonly SlackText[] }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] }
  | { readonly type: 'actions'; readonly elements: readonly SlackButton[] };

/** A button that asks once more before it is pressed. */
export interface SlackButton {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: SlackText;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm: Readonly<Record<'title' | 'text' | 'confirm' | 'deny', SlackText>>;
}

/** Slack refuses a whole message for one character more. */
const MAX_CHARACTERS = { header: 150, text: 3000 } as const;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** No URL of a console is longer. */
const MAX_URL_CHARACTERS = 2000;

/** In place of an empty text, which Slack refuses. */
const PLACEHOLDER = '–';

/** A text in which nothing is a mention, a link or an unseen control character, cut to a number of UTF-16 units without cutting a character or an escape. */
export function escaped(text: string, limit: number = MAX_CHARACTERS.text): string {
  const plain = visibleLines(text.slice(0, limit + 1).toWellFormed()).trim();
  const characters = Array.from(plain, (character) => ENTITIES[character] ?? character);
  const whole = characters.join('');
  if (whole === '') return PLACEHOLDER;
  if (whole.length <= limit && text.length <= limit) return whole;
  let cut = '';
  for (const character of characters) {
    if (cut.length + character.length >= limit) break;
    cut += character;
  }
  return `${cut}…`;
}

const formatted = (text: string): SlackText => ({ type: 'mrkdwn', text, verbatim: true });
const plainText = (text: string, limit: number): SlackText => ({
  type: 'plain_text',
  text: escaped(text, limit),
  emoji: false,
});

/** The title of a message, in one line. */
export const header = (text: string): SlackBlock => ({
  type: 'header',
  text: plainText(text.replace(/\s+/g, ' '), MAX_CHARACTERS.header),
});

/** A section of plain text. */
export const plainSection = (text: string): SlackBlock => ({
  type: 'section',
  text: plainText(text, MAX_CHARACTERS.text),
});

/** A long text in at most `max` sections, split between lines where possible. */
export function sections(text: string, max: number): readonly SlackBlock[] {
  const found: SlackBlock[] = [];
  let rest = text;
  while (found.length < max - 1) {
    const length = fitting(rest);
    if (length === rest.length) break;
    const end = rest.lastIndexOf('\n', length);
    const cut = end > 0 ? end : length;
    found.push(plainSection(rest.slice(0, cut)));
    rest = rest.slice(cut);
  }
  return [...found, plainSection(rest)];
}

/** How many characters of a text fit into one section once they are escaped. */
function fitting(text: string): number {
  let [length, size] = [0, 0];
  for (const character of text) {
    size += (ENTITIES[character] ?? character).length;
    if (size > MAX_CHARACTERS.text) break;
    length += character.length;
  }
  return length;
}

/** One line of inline code, which its content cannot end. */
export const code = (text: string, limit = 300): string => `\`${escaped(visible(text.replaceAll('`', "'")), limit)}\``;

/** A name above its value, which is formatted already. */
export const named = (name: string, value: string): string => `*${name}*\n${value}`;

/** Named values in two columns; Slack accepts ten at most. */
export const fields = (values: readonly string[]): SlackBlock => ({ type: 'section', fields: values.map(formatted) });

/** In place of lines that were left out. */
const ELLIPSIS = '\n…';

/** Lines that are formatted already, as many as fit. */
export function lines(parts: readonly string[]): SlackBlock {
  let text = '';
  for (const part of parts) {
    const next = text === '' ? part : `${text}\n${part}`;
    // Reserves space for the ellipsis.
    if (next.length + ELLIPSIS.length > MAX_CHARACTERS.text) {
      text += ELLIPSIS;
      break;
    }
    text = next;
  }
  return { type: 'section', text: formatted(text) };
}

/** A block of code under a title. */
export function codeBlock(title: string, text: string): SlackBlock {
  const room = MAX_CHARACTERS.text - 200;
  return lines([`*${escaped(title, 100)}*`, `\`\`\`\n${escaped(text.replaceAll('`', "'"), room)}\n\`\`\``]);
}

/** A link with a label; what is not an HTTPS URL is shown as code and leads nowhere. */
export function link(url: string, label: string): SlackBlock {
  const target = URL.parse(url);
  const href = target?.href.replace(/[<>|\s]/g, encodeURIComponent).replaceAll('&', '&amp;');
  if (href === undefined || target?.protocol !== 'https:' || href.length > MAX_URL_CHARACTERS)
    return lines([code(url, 500)]);
  return lines([`<${href}|${label}>`]);
}

/** A line in small print. */
export const context = (text: string): SlackBlock => ({ type: 'context', elements: [plainText(text, 500)] });

/** A button. `question`: what is asked once more before it is pressed. */
export const button = (
  action_id: string,
  label: string,
  value: string,
  question: string,
  style?: 'primary' | 'danger',
): SlackButton => ({
  type: 'button',
  action_id,
  text: plainText(label, 75),
  value,
  ...(style === undefined ? {} : { style }),
  confirm: {
    title: plainText(`${label}?`, 100),
    text: plainText(question, 300),
    confirm: plainText(label, 30),
    deny: plainText('Cancel', 30),
  },
});

/** Buttons in a row; nothing where there are none, which Slack refuses. */
export const buttons = (elements: readonly SlackButton[]): SlackBlock | null =>
  elements.length === 0 ? null : { type: 'actions', elements };
