/** A text as Slack takes it: shown as it stands, or with Slack's formatting. */
export type SlackText =
  | { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };

/** The blocks that our messages are made of. */
export type SlackBlock =
  | { readonly type: 'header'; readonly text: SlackText }
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'section'; readonly fields: readonly SlackText[] }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] };

/** Characters that Slack takes at most; it refuses a whole message for one more. */
const SLACK_LIMITS = { header: 150, text: 3000 } as const;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** No address in a console is longer. */
const LONGEST_LINK = 2000;

/** Stands where there is no text: Slack refuses an empty one. */
const NOTHING = '–';

/** A text in which nothing is a mention, a link or a control character, cut to a number of UTF-16 units without cutting a character or an escape. */
export function escaped(text: string, limit: number = SLACK_LIMITS.text): string {
  const plain = text
    .slice(0, limit + 1)
    .toWellFormed()
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .trim();
  const characters = Array.from(plain, (character) => ENTITIES[character] ?? character);
  const whole = characters.join('');
  if (whole === '') return NOTHING;
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
  text: plainText(text.replace(/\s+/g, ' '), SLACK_LIMITS.header),
});

/** Words as they stand. */
export const words = (text: string): SlackBlock => ({ type: 'section', text: plainText(text, SLACK_LIMITS.text) });

/** A long text in several sections, no more than `most`, parted between lines where it can be. */
export function sections(text: string, most: number): readonly SlackBlock[] {
  const found: SlackBlock[] = [];
  let rest = text;
  while (found.length < most - 1) {
    const length = fitting(rest);
    if (length === rest.length) break;
    const end = rest.lastIndexOf('\n', length);
    const cut = end > 0 ? end : length;
    found.push(words(rest.slice(0, cut)));
    rest = rest.slice(cut);
  }
  return [...found, words(rest)];
}

/** How much of the beginning of a text fits into one section, its escapes counted. */
function fitting(text: string): number {
  let [length, size] = [0, 0];
  for (const character of text) {
    size += (ENTITIES[character] ?? character).length;
    if (size > SLACK_LIMITS.text) break;
    length += character.length;
  }
  return length;
}

/** One line set as code; what it holds cannot end it. */
export const code = (text: string, limit = 300): string =>
  `\`${escaped(text.replaceAll('`', "'").replace(/\s+/g, ' '), limit)}\``;

/** A name and what stands under it; `value` is formatted already. */
export const named = (name: string, value: string): string => `*${name}*\n${value}`;

/** Named values in two columns; Slack takes ten at most. */
export const fields = (values: readonly string[]): SlackBlock => ({ type: 'section', fields: values.map(formatted) });

/** Stands where lines were left out. */
const MORE = '\n…';

/** Lines that are formatted already, as many as fit. */
export function lines(parts: readonly string[]): SlackBlock {
  let text = '';
  for (const part of parts) {
    const next = text === '' ? part : `${text}\n${part}`;
    // Room is left for the mark that more would follow.
    if (next.length + MORE.length > SLACK_LIMITS.text) {
      text += MORE;
      break;
    }
    text = next;
  }
  return { type: 'section', text: formatted(text) };
}

/** A block of code under a title. */
export function codeBlock(title: string, text: string): SlackBlock {
  const room = SLACK_LIMITS.text - 200;
  return lines([`*${escaped(title, 100)}*`, `\`\`\`\n${escaped(text.replaceAll('`', "'"), room)}\n\`\`\``]);
}

/** A link under words of ours; an address that is none is shown and leads nowhere. */
export function link(url: string, label: string): SlackBlock {
  const target = URL.parse(url);
  const href = target?.href.replace(/[<>|\s]/g, encodeURIComponent).replaceAll('&', '&amp;');
  if (href === undefined || target?.protocol !== 'https:' || href.length > LONGEST_LINK) return lines([code(url, 500)]);
  return lines([`<${href}|${label}>`]);
}

/** A small line at the end. */
export const context = (text: string): SlackBlock => ({ type: 'context', elements: [plainText(text, 500)] });
