import { NOTE } from './markdown.ts';

/** One file of docs/decisions/: its name and its text. */
export interface Note {
  readonly file: string;
  readonly text: string;
}

const NAME = /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md$/;
const HEAD = /^# (\d+)\. (.+)\n\n\*\*Status:\*\* ((?:accepted|proposed), \d{4}-\d{2}-\d{2}|superseded by \d+)\.\n/;

/** A note's row of the index. Throws where its name, title or status are not of the form, or its number is not the file's. */
function row({ file, text }: Note): string {
  const [, number] = NAME.exec(file) ?? [];
  const [, own, title, status] = HEAD.exec(text) ?? [];
  if (number === undefined || Number(number) !== Number(own))
    throw new Error(
      `docs/decisions/${file}: name it 0001-<slug>.md and begin it with "# 1. <title>", an empty line, and "**Status:** accepted, <date>." (or proposed, or "superseded by 2")`,
    );
  return `| ${Number(number)} | [${title}](${file}) | ${status} |`;
}

/** The index of all decisions. Throws where two have one number. */
export function decisionsDoc(notes: readonly Note[]): string {
  const numbers = notes.map(({ file }) => file.slice(0, 4));
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined) throw new Error(`docs/decisions/: two notes have the number ${twice}`);
  return [
    NOTE,
    '# Decisions',
    '',
    'Why some things are as they are: one page a choice, with what was not taken and what it costs. One that no longer holds stays, as superseded by its successor.',
    '',
    '| | Decision | Status |',
    '|---|---|---|',
    ...notes.map(row).toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b))),
    '',
  ].join('\n');
}
