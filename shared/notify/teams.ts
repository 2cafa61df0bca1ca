import { objectOrNull, stringOrNull } from '../event.ts';
import { visible, visibleLines } from '../text.ts';
import type { TopicMessage } from './slack.ts';
import { type Read, readMessage } from './topic-message.ts';

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
  const head = [block(read.title, { weight: 'bolder', size: 'large' }, MAX_TITLE_CHARACTERS), ...aboutOf(read)];
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
  for (const [index, line] of read.text.split('\n').entries()) {
    const next = lineBlock(line, index);
    size += bytesOf(next) + 1;
    if (size > MAX_MESSAGE_BYTES) return withBody([...body, more]);
    body.push(next);
  }
  return withBody(body);
}

function aboutOf({ data }: Read): readonly RichTextBlock[] {
  const [severity, region, alias] = [data?.severity, data?.region, objectOrNull(data?.account)?.alias].map(
    stringOrNull,
  );
  const need =
    data?.actionRequired === true ? 'action required' : data?.actionRequired === false ? 'no action required' : null;
  const about = [severity, need, region, alias].filter((part) => part != null && part !== '').join(' · ');
  return about === '' ? [] : [block(about, { isSubtle: true, size: 'small' }, MAX_TITLE_CHARACTERS)];
}

const COMMAND = /^\s*npx evenkeel |^\s*aws /;

/** An empty line is space before the next one. */
const lineBlock = (line: string, index: number): RichTextBlock =>
  block(
    line,
    COMMAND.test(line) ? { fontType: 'monospace' } : {},
    MAX_LINE_CHARACTERS,
    index === 0 ? 'default' : 'none',
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
  const whole = visible(visibleLines(text.toWellFormed())).replaceAll('{{', '{ {');
  const cut = whole.length <= limit ? whole : `${whole.slice(0, limit - 1).toWellFormed()}…`;
  return cut.trim() === '' ? PLACEHOLDER : cut;
}

/** The console and the control's page, where they are HTTPS. */
function linksOf({ data }: Read): readonly (readonly [url: string, title: string])[] {
  const first = Array.isArray(data?.findings) ? objectOrNull(data.findings[0]) : null;
  return (
    [
      [objectOrNull(data?.resource)?.consoleUrl, 'Open in the AWS console'],
      [first?.controlPage, 'About the control'],
    ] as const
  ).flatMap(([value, title]) => {
    const url = URL.parse(stringOrNull(value) ?? '');
    return url?.protocol === 'https:' && url.href.length <= MAX_URL_CHARACTERS ? [[url.href, title] as const] : [];
  });
}
