import { createInterface } from 'node:readline/promises';
import { UsageError } from '../errors.ts';

/** Asks a person. */
export interface Dialogue {
  /** Asks until `read` accepts the answer: what it throws as UsageError is shown. Nothing but Enter is `otherwise`. */
  ask<T>(question: string, otherwise: string, read: (answer: string) => T): Promise<T>;
  /** Prints a line between the questions. */
  say(line: string): void;
  close(): void;
}

/** On these streams; Ctrl-C is the signal that it is elsewhere, and the end of the input is an error, since nothing may be taken for an answer. */
export function dialogueOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream & { readonly isTTY?: boolean },
): Dialogue {
  const terminal = output.isTTY === true;
  const lines = createInterface({ input, output, terminal });
  const ended = new AbortController();
  lines.on('close', () => ended.abort());
  lines.on('SIGINT', () => process.emit('SIGINT'));
  const say = (line: string) => void output.write(`${line}\n`);
  const answerTo = async (question: string): Promise<string> => {
    try {
      return (await lines.question(question, { signal: ended.signal })).trim();
    } catch (error) {
      if (ended.signal.aborted) throw new UsageError('the input ended before the last answer; nothing was written');
      throw error;
    }
  };
  return {
    async ask(question, otherwise, read) {
      for (;;) {
        const answer = await answerTo(`${question}${otherwise === '' ? '' : ` [${otherwise}]`}: `);
        try {
          return read(answer === '' ? otherwise : answer);
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          say(`  ${error.message}`);
        }
      }
    },
    say,
    close: () => lines.close(),
  };
}
