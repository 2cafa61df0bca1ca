import pc from 'picocolors';

const WIDEST = 100;

/** Where the demo is watched: lines that stay, and one line that says what is going on. */
export interface Screen {
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Text that stays, wrapped between words; `head` stands before its first line, the others begin as far in. */
  say(text: string, head?: string): void;
  /** As `say`, with every line cut to the screen. */
  sayBriefly(text: string, head: string): void;
  /** Text with a rule at its left. */
  quote(text: string): void;
  heading(text: string): void;
  /** What is going on; shown until the next line, and only to somebody who watches. */
  pending(text: string): void;
}

/** A screen on a stream, at most 100 columns wide; in colours only on a terminal. */
export function screenOn(stream: NodeJS.WriteStream): Screen {
  const colors = pc.createColors(stream.isTTY === true && pc.isColorSupported);
  const width = Math.min(stream.columns || WIDEST, WIDEST);
  const clear = stream.isTTY ? '\r\x1b[2K' : '';
  const write = (line: string) => stream.write(`${clear}${line.trimEnd()}\n`);
  const say = (lines: readonly string[], head: string) => {
    for (const [index, line] of lines.entries())
      write(`${index === 0 ? colors.dim(head) : ' '.repeat(head.length)}${line}`);
  };
  return {
    colors,
    say: (text, head = '') => say(wrapped(text, width - head.length), head),
    sayBriefly: (text, head) => {
      const room = width - head.length;
      const lines = wrapped(text, room).map((line) => clipped(line, room));
      say(lines, head);
    },
    quote: (text) => {
      const room = width - QUOTED.length;
      // An address is clicked whole.
      const shown = (line: string) => (line.includes('https://') ? line : clipped(line, room));
      for (const line of wrapped(text.trimEnd(), room)) write(`${colors.dim(QUOTED)}${shown(line)}`);
    },
    heading: (text) => write(`\n${colors.bold(text)}`),
    pending: (text) => {
      if (stream.isTTY) stream.write(`${clear}${clipped(`${text} …`, width - 1)}`);
    },
  };
}

const QUOTED = '       │ ';

const clipped = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);

/** The text in lines of at most `width`, broken between words only; what hangs over stands under the text of its line, not under its label (`Found:      …`). */
export function wrapped(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const hanging = ' '.repeat(/^ *(?:[A-Z][\w ]{0,9}: +)?/.exec(line)?.[0].length ?? 0);
    const [first = '', ...words] = line.slice(hanging.length).split(' ');
    const lines = [line.slice(0, hanging.length) + first];
    for (const word of words) {
      const extended = `${lines.at(-1)} ${word}`;
      if (extended.length <= width) lines[lines.length - 1] = extended;
      else lines.push(hanging + word);
    }
    return lines;
  });
}
