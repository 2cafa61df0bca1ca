import { objectOrNull, stringOrNull } from '../event.ts';
import { visible, visibleLines } from '../text.ts';
import { commandIn, headOf, pagesOf, type Read, readMessage, type TopicMessage } from './topic-message.ts';

/** The body of a request to a workflow of Power Automate ("When a Teams webhook request is received"): a message with one Adaptive Card. */
export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly [
    { readonly contentType: 'application/vnd.microsoft.card.adaptive'; readonly content: AdaptiveCard },
  ];
}

/** The card. Its texts are runs, in which Teams reads no Markdown: nothing in a name or tag is a link, a format or a mention. */
export interface AdaptiveCard {
  readonly $schema: string;
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly msteams: { readonly width: 'Full' };
  readonly body: readonly RichTextBlock[];
  readonly actions: readonly OpenUrl[];
}

interface RichTextBlock {
  readonly type: 'RichTextBlock';
  readonly spacing: 'none' | 'default';
  readonly inlines: readonly [TextRun];
}

interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'bolder';
  readonly size?: 'large' | 'small';
  readonly isSubtle?: true;
  readonly fontType?: 'monospace';
}

interface OpenUrl {
  readonly type: 'Action.OpenUrl';
  readonly title: string;
  readonly url: string;
}

/** Teams refuses messages of about 28 KB, its own frame included. */
const MAX_MESSAGE_BYTES = 24 * 1024;
const MAX_LINE_CHARACTERS = 1_000;
const MAX_TITLE_CHARACTERS = 300;
/** No URL of a console is longer. */
const MAX_URL_CHARACTERS = 2_000;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const PLACEHOLDER = '–';

/** Formats any message of the topic for Microsoft Teams. Never throws. */
export function teamsMessage(message: TopicMessage): TeamsMessage {
  const read = readMessage(message);
  const head = headBlocks(read);
  const actions = linksOf(read).map(([url, title]): OpenUrl => ({ type: 'Action.OpenUrl', title, url }));
  const withBody = (body: readonly RichTextBlock[]): TeamsMessage => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body,
          actions,
        },
      },
    ],
  });
  const more = block('… the rest is in the ledger: npx evenkeel history', {});
  const body = [...head];
  let size = bytesOf(withBody([...head, more]));
  const lines = linesOf(read);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const next = lineBlock(line, index === 0 || lines[index - 1]?.trim() === '');
    size += bytesOf(next) + 1;
    if (size > MAX_MESSAGE_BYTES) return withBody([...body, more]);
    body.push(next);
  }
  return withBody(body);
}

function headBlocks({ title, text, data }: Read): readonly RichTextBlock[] {
  // Of an alarm, or what somebody else publishes, nothing else is known.
  const isOurs = stringOrNull(data?.subject) !== null && stringOrNull(data?.text) === text;
  const head = data !== null && isOurs ? headOf(data) : { title, about: '' };
  return [
    block(head.title, { weight: 'bolder', size: 'large' }, MAX_TITLE_CHARACTERS),
    ...(head.about === '' ? [] : [block(head.about, { isSubtle: true, size: 'small' }, MAX_TITLE_CHARACTERS)]),
  ];
}

/** The text without its first line where that is the head over again. */
function linesOf({ text, data }: Read): readonly string[] {
  const [first = '', ...others] = text.split('\n');
  const isHead = objectOrNull(data?.resource) !== null && others.length > 0 && first.startsWith(`${data?.title} [`);
  return isHead ? others : [first, ...others];
}

/** An empty line is space before the next one. */
const lineBlock = (line: string, isFirst: boolean): RichTextBlock =>
  block(
    line,
    commandIn(line) === null ? {} : { fontType: 'monospace' },
    MAX_LINE_CHARACTERS,
    isFirst ? 'default' : 'none',
  );

function block(
  text: string,
  format: Omit<TextRun, 'type' | 'text'>,
  limit = MAX_LINE_CHARACTERS,
  spacing: RichTextBlock['spacing'] = 'default',
): RichTextBlock {
  return { type: 'RichTextBlock', spacing, inlines: [{ type: 'TextRun', text: shown(text, limit), ...format }] };
}

/** In one line, with what is unsafe made visible. `{{DATE(…)}}` is all that a card computes. */
function shown(text: string, limit: number): string {
  const whole = visible(visibleLines(text.toWellFormed())).replaceAll(/\{(?=\{)/g, '{ ');
  const cut = whole.length <= limit ? whole : `${whole.slice(0, limit - 1).toWellFormed()}…`;
  return cut.trim() === '' ? PLACEHOLDER : cut;
}

/** The console and the pages of the controls, where they are HTTPS. */
function linksOf({ data }: Read): readonly (readonly [url: string, title: string])[] {
  const console = stringOrNull(objectOrNull(data?.resource)?.consoleUrl);
  const links = [
    ...(console === null ? [] : [[console, 'Open in the AWS console'] as const]),
    ...(data === null ? [] : pagesOf(data)),
  ];
  return links.flatMap(([value, title]) => {
    const url = URL.parse(value);
    return url?.protocol === 'https:' && url.href.length <= MAX_URL_CHARACTERS ? [[url.href, title] as const] : [];
  });
}
