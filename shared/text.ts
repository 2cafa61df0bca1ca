/** What a terminal, a mail or a chat obeys or hides instead of showing it: control characters, line breaks, marks of direction, invisible and half characters. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const shown = (character: string): string =>
  SHORT[character] ?? `\\u{${character.codePointAt(0)?.toString(16).padStart(4, '0')}}`;

/** The text of a stranger (a name, a tag, a user agent, an error that quotes one) in one line, with what is unsafe made visible: `\n`, `\u{202e}`. */
export const visible = (text: string): string => text.replace(UNSAFE, shown);

/** The same for a text of ours that has lines: line breaks and tabs stay. */
export const visibleLines = (text: string): string =>
  text.replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? character : shown(character)));

/** JSON whose characters are all safe to show; it reads as the same value. */
export const visibleJson = (json: string): string =>
  json.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, at) => codeUnit(character.charCodeAt(at))).join(''),
  );

const codeUnit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

const PLAIN_ARGUMENT = /^[\w@%+=:,./-]+$/;

/** One argument of a command that a person may copy into a shell (bash, zsh): whatever the text holds, it stays one argument, and shows what it is. */
export function shellQuoted(text: string): string {
  if (PLAIN_ARGUMENT.test(text)) return text;
  // A chat takes a backtick for the end of its code.
  if (!/[`'\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return `'${text}'`;
  const escaped = text.replace(/[\\`'\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\\' || character === "'" ? `\\${character}` : ansiC(character.codePointAt(0) ?? 0),
  );
  return `$'${escaped}'`;
}

const ansiC = (code: number): string => `\\U${code.toString(16).padStart(8, '0')}`;

/** The form of a noun that agrees with a number. */
export const agreeing = (n: number, one: string, many = `${one}s`): string => (n === 1 ? one : many);

/** A number with its noun: `1 event`, `2 events`. */
export const counted = (n: number, one: string, many?: string): string => `${n} ${agreeing(n, one, many)}`;

/** Names of errors, as programs call them: `AccessDeniedException: `. */
const ERROR_NAME = /\b(?:[A-Z][A-Za-z0-9]*(?:Exception|Error|Fault|Failure)|Gone|Foreign|NotUnderstood): /g;

/** An error for people, without the names that programs have for it. AWS's codes that are words of their own (`AccessDenied: `, `UnauthorizedOperation: `) stay: they can be looked up. */
export const withoutErrorNames = (text: string): string => text.replace(ERROR_NAME, '');
