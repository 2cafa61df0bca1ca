import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Narrower than this nothing is readable, whatever a terminal says. */
const MIN_WIDTH = 20;

/** How many columns a line may take: those of COLUMNS, else of the terminal; no limit where output goes elsewhere. */
export function lineWidth({ columns, isTTY }: Pick<NodeJS.WriteStream, 'columns' | 'isTTY'> = process.stdout): number {
  const asked = Number(process.env.COLUMNS);
  if (Number.isInteger(asked) && asked > 0) return Math.max(asked, MIN_WIDTH);
  return isTTY && columns > 0 ? Math.max(columns, MIN_WIDTH) : Number.POSITIVE_INFINITY;
}

/** True where a text takes one line. */
export const fitsIn = (text: string, width = lineWidth()): boolean => stringWidth(text) <= width;

/** A text in lines behind an indentation. Words that are longer than a line are broken: nothing is lost. `hanging`: how much further the later lines are indented. */
export function wrapped(text: string, indent = 0, hanging = 0, width = lineWidth()): readonly string[] {
  const whole = `${' '.repeat(indent)}${text}`;
  if (fitsIn(whole, width)) return [whole];
  const room = Math.max(width - indent - hanging, 1);
  return wrapAnsi(text, room, { hard: true })
    .split('\n')
    .map((line, index) => `${' '.repeat(index === 0 ? indent : indent + hanging)}${line}`);
}
