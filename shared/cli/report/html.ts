import { visible } from '../../text.ts';

/** Markup that is safe as it stands. Only `html` and `markup` make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: `null` and `false` are nothing. */
export type Part = Html | string | number | null | false | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (part === null || part === false) return '';
  return typeof part === 'object' ? part.map(textOf).join('') : escaped(String(part));
}

/** A template whose parts are text, whatever they hold, in an element or between the quotes of an attribute. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, index) => `${text}${index < parts.length ? textOf(parts[index] as Part) : ''}`).join(''));

/** Our own text as markup, such as a style sheet: never what a stranger wrote. */
export const markup = (text: string): Html => new Html(text);

/** A name that strangers chose: whichever way it is written, what stands beside it stays in its place. */
export const name = (text: string): Html => html`<bdi>${text}</bdi>`;

/** A command to copy; a line breaks between its words. */
export const command = (text: string): Html =>
  html`<code class="command">${text.split(' ').map((word, index) => html`${index > 0 && ' '}<span>${word}</span>`)}</code>`;

/** What a page is about, each with its name. */
export const factList = (facts: readonly (readonly [what: string, value: string])[]): Html =>
  html`<dl class="facts">${facts.map(([what, value]) => html`<dt>${what}</dt><dd>${name(value)}</dd>`)}</dl>`;
