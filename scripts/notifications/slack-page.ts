import type { SlackBlock, SlackText } from '../../shared/notify/slack-blocks.ts';

/** Slack folds a longer section behind "Show more". */
const MAX_LINES = 12;

const STYLE = `
body { margin: 0; padding: 20px; width: 640px; background: #fff; color: #1d1c1d; font: 15px/1.46 Lato, "Noto Sans", "DejaVu Sans", sans-serif; }
.app { display: flex; gap: 10px; } .app > b { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #1f4e5f; color: #fff; text-align: center; line-height: 36px; }
.body { min-width: 0; flex: 1; } h1 { font-size: 18px; line-height: 1.3; margin: 6px 0; } p { margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; } .fields p { margin: 0; } .small { color: #616061; font-size: 12px; } .name { font-weight: 900; }
code, pre { font: 12px/1.5 "DejaVu Sans Mono", monospace; background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; } code { color: #c01343; padding: 1px 3px; overflow-wrap: anywhere; }
pre { margin: 4px 0; padding: 6px; white-space: pre-wrap; overflow-wrap: anywhere; } a, .more { color: #1264a3; }`;

/** A message as Slack shows it, for a picture. The texts are escaped for Slack, which is the same for HTML. */
export const slackPage = (blocks: readonly SlackBlock[]): string =>
  `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><div class="app"><b>E</b><div class="body"><span class="name">Evenkeel</span> <span class="small">APP</span>${blocks.map(blockOf).join('')}</div></div>`;

/** Not every machine has a font for the marks that Slack shows in colour. */
const COLOURS = new Map([
  ['\u{1f534}', '#dd2e44'],
  ['\u{1f7e0}', '#f4900c'],
  ['\u{1f7e1}', '#fdcb58'],
  ['\u{1f535}', '#55acee'],
  ['\u26aa', '#ccd6dd'],
]);
const dotOf = (mark: string): string => `<span style="color: ${COLOURS.get(mark) ?? '#000'}">\u25cf</span>`;

function blockOf(block: SlackBlock): string {
  if (block.type === 'header') return `<h1>${block.text.text.replace(/^\p{So}/u, dotOf)}</h1>`;
  if (block.type === 'context') return block.elements.map(({ text }) => `<p class="small">${text}</p>`).join('');
  if (block.type === 'actions')
    return `<p>${block.elements.map(({ text }) => `<code>${text.text}</code>`).join(' ')}</p>`;
  if ('fields' in block) return `<div class="fields">${block.fields.map(textOf).join('')}</div>`;
  return textOf(block.text);
}

function textOf({ type, text }: SlackText): string {
  const lines = text.split('\n');
  const isFolded = lines.length > MAX_LINES;
  const shown = isFolded ? lines.slice(0, MAX_LINES).join('\n') : text;
  return `<p>${type === 'plain_text' ? shown : formatted(shown)}</p>${isFolded ? '<p class="more">Show more</p>' : ''}`;
}

const formatted = (text: string): string =>
  text
    .replace(/```\n?([\s\S]*?)\n?```/g, '<pre>$1</pre>')
    .replace(/`([^`\n]+)`/g, '<code>$1</code>')
    .replace(/^\*([^*\n]+)\*$/gm, '<b>$1</b>')
    .replace(/<(https:[^|>]+)\|([^>]+)>/g, '<a href="$1">$2</a>')
    .replace(/\n(?=<pre>)/g, '');
