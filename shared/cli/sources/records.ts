import { isUtf8 } from 'node:buffer';
import { NOT_UTF8 } from '../files.ts';

/** A JSON value of a log, or what is wrong in its place; `where` is a line or the number of a record. */
export type LogEntry =
  | { readonly where: string; readonly value: unknown }
  | { readonly where: string; readonly error: string };

/** A record larger than this is none of CloudTrail's (256 KB): something is wrong with its brackets. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** The members that hold records: CloudTrail's files, the output of `aws cloudtrail lookup-events`, of `aws sqs receive-message`. */
const LISTS: readonly string[] = ['Records', 'Events', 'Messages'];
const MAX_NAME_BYTES = 16;

const [QUOTE, BACKSLASH, COLON, COMMA, NEWLINE] = [0x22, 0x5c, 0x3a, 0x2c, 0x0a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
/** How a JSON value begins. */
const BEGINS = /[{["\-\dtfn]/;
const BRACKETS = /[{}[\]:]/;
const isSpace = (byte: number) => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;

/** What the values stand in: nothing; an array; the list of an object, and the rest of that object after it. */
type Wrapper = 'none' | 'array' | 'list' | 'rest';

/**
 * Takes the records out of a log of any size, chunk by chunk, so that no more than one of them is held: of `{"Records": […]}` and the like, of an array, of values one after the other. A record that is no JSON is an error in its place, and the rest goes on; where the brackets around it are wrong, the rest of the line is left out, or without lines the rest of the file.
 */
export class LogRecords {
  readonly #isLines: boolean;
  #lines: boolean;
  #wrapper: Wrapper = 'none';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Parts of the current value from earlier chunks. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isOpen = false;
  #isScalar = false;
  #hasNewline = false;
  /** The last string, and the last name, of an object that may hold a list. */
  readonly #text: number[] = [];
  #name = '';
  #line = 1;
  #record = 1;
  #isSkippingLine = false;
  #isOver = false;
  #hasContent = false;
  #values = 0;
  #errors = 0;

  /** `isLines`: each value is in a line of its own, as a file's name says; else that is seen by the first value. */
  constructor(isLines = false) {
    this.#isLines = isLines;
    this.#lines = isLines;
  }

  /** The values that end in this chunk. */
  push(chunk: Buffer): readonly LogEntry[] {
    const entries: LogEntry[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length && !this.#isOver; at += 1) {
      at = this.#through(chunk, at);
      if (at === chunk.length) break;
      const byte = chunk[at] as number;
      if (this.#inString && !(byte === NEWLINE && this.#lines)) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#isOpen && this.#depth === 0) {
            this.#close(entries, chunk.subarray(start, at + 1));
            continue;
          }
        } else if (this.#depth === 1 && this.#wrapper === 'none' && this.#text.length < MAX_NAME_BYTES)
          this.#text.push(byte);
        continue;
      }
      if (this.#isSkippingLine && byte !== NEWLINE) continue;
      if (!this.#isOpen && this.#wrapper !== 'rest') {
        if (byte === NEWLINE) this.#newline(entries, chunk.subarray(at, at));
        else if (!isSpace(byte) && this.#begin(byte, entries)) start = at;
        continue;
      }
      switch (byte) {
        case QUOTE:
          this.#inString = true;
          this.#text.length = 0;
          break;
        case OPEN_LIST:
          if (this.#depth === 1 && this.#wrapper === 'none' && LISTS.includes(this.#name)) this.#enter('list');
          else this.#depth += 1;
          this.#name = '';
          break;
        case OPEN_OBJECT:
          this.#depth += 1;
          this.#name = '';
          break;
        case CLOSE_OBJECT:
        case CLOSE_LIST:
          if (this.#isScalar) {
            this.#close(entries, chunk.subarray(start, at));
            at -= 1;
          } else {
            this.#depth -= 1;
            if (this.#depth > 0) break;
            if (this.#wrapper === 'rest') this.#leave();
            else this.#close(entries, chunk.subarray(start, at + 1));
          }
          break;
        case COLON:
          if (this.#depth === 1 && this.#wrapper === 'none') this.#name = String.fromCharCode(...this.#text);
          break;
        case COMMA:
          this.#name = '';
          if (this.#isScalar) {
            this.#close(entries, chunk.subarray(start, at));
            at -= 1;
          }
          break;
        case NEWLINE:
          this.#newline(entries, chunk.subarray(start, at));
          break;
        default:
          if (this.#isScalar && isSpace(byte)) this.#close(entries, chunk.subarray(start, at));
      }
    }
    if (this.#isOpen) this.#keep(chunk.subarray(start), entries);
    return entries;
  }

  /** Past all that decides nothing inside a value: most of a log. The index of the first byte that may decide something. */
  #through(chunk: Buffer, from: number): number {
    const lowest = this.#wrapper === 'none' ? 2 : 1;
    if (!this.#isOpen || this.#isScalar || this.#depth < lowest) return from;
    const isLines = this.#lines;
    let [inString, escaped, depth, at] = [this.#inString, this.#escaped, this.#depth, from];
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === NEWLINE && (isLines || !inString)) break;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (depth === lowest) break;
        depth -= 1;
      }
    }
    [this.#inString, this.#escaped, this.#depth] = [inString, escaped, depth];
    return at;
  }

  /** What the end of the log says: the last value, or that it is cut off, or empty. */
  end(): readonly LogEntry[] {
    if (this.#isOver) return [];
    const entries: LogEntry[] = [];
    if (this.#isOpen && this.#isScalar) this.#close(entries, Buffer.alloc(0));
    else if (this.#isOpen || this.#wrapper !== 'none') {
      entries.push(this.#error('ends in the middle of a record: it is cut off'));
      this.#isOver = !this.#lines;
    }
    if (!this.#hasContent) entries.push({ where: '', error: 'empty' });
    return entries;
  }

  /** After the end: true where what follows an error was left out, or no value could be read. */
  get isUnreadable(): boolean {
    return this.#isOver || !this.#hasContent || (this.#errors > 0 && this.#values === 0);
  }

  /** A byte before a value; true where the value begins with it. */
  #begin(byte: number, entries: LogEntry[]): boolean {
    // Also where files that begin with one were written one after the other.
    if (this.#wrapper === 'none' && BYTE_ORDER_MARK.includes(byte)) return false;
    this.#hasContent = true;
    if (this.#wrapper !== 'none') {
      if (byte === COMMA) return false;
      if (byte === CLOSE_LIST) {
        if (this.#wrapper === 'array') this.#leave();
        else this.#wrapper = 'rest';
        this.#depth = this.#wrapper === 'rest' ? 1 : 0;
        return false;
      }
    } else if (byte === OPEN_LIST) {
      this.#enter('array');
      return false;
    }
    // Among others in a list a word that is no JSON ends where the next one begins; a bracket is one too many.
    const isWord = !this.#lines && this.#wrapper !== 'none' && !BRACKETS.test(String.fromCharCode(byte));
    if (!isWord && !BEGINS.test(String.fromCharCode(byte))) {
      this.#break(entries, `not JSON: unexpected ${JSON.stringify(String.fromCharCode(byte))}`);
      return false;
    }
    this.#isOpen = true;
    this.#hasNewline = false;
    this.#isScalar = byte !== OPEN_OBJECT && byte !== OPEN_LIST && byte !== QUOTE;
    this.#inString = byte === QUOTE;
    this.#depth = byte === OPEN_OBJECT || byte === OPEN_LIST ? 1 : 0;
    this.#text.length = 0;
    this.#name = '';
    return true;
  }

  /** The list begins that holds the records: what stood before it is not needed. */
  #enter(wrapper: 'array' | 'list'): void {
    this.#wrapper = wrapper;
    this.#depth = 1;
    this.#forget();
  }

  /** The wrapper ends. */
  #leave(): void {
    this.#wrapper = 'none';
    this.#depth = 0;
    this.#lines ||= !this.#hasNewline;
  }

  /** The current value ends with this part. */
  #close(entries: LogEntry[], part: Buffer): void {
    const bytes = this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part]);
    if (this.#wrapper === 'none') this.#lines ||= !this.#hasNewline && !this.#isScalar;
    this.#forget();
    try {
      if (!isUtf8(bytes)) throw new Error(NOT_UTF8);
      entries.push({ where: this.#where(), value: JSON.parse(bytes.toString().replace(/^\uFEFF/, '')) });
      this.#values += 1;
    } catch (error) {
      entries.push(this.#error(`not JSON: ${error instanceof Error ? error.message : error}`));
    }
    this.#record += 1;
  }

  #newline(entries: LogEntry[], part: Buffer): void {
    this.#hasNewline = true;
    if (this.#isOpen && this.#isScalar) this.#close(entries, part);
    if (this.#lines && !this.#isSkippingLine && (this.#isOpen || this.#wrapper !== 'none'))
      entries.push(this.#error('not JSON: the line ends in the middle of a record'));
    if (this.#lines) this.#reset();
    this.#line += 1;
  }

  /** Wrong brackets: nothing can be said of what follows, in this line or at all. */
  #break(entries: LogEntry[], error: string): void {
    entries.push(this.#error(error));
    if (this.#lines) this.#isSkippingLine = true;
    else this.#isOver = true;
    this.#forget();
  }

  #reset(): void {
    this.#isSkippingLine = false;
    this.#wrapper = 'none';
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#forget();
  }

  #keep(part: Buffer, entries: LogEntry[]): void {
    this.#partBytes += part.length;
    if (this.#partBytes > MAX_RECORD_BYTES) {
      this.#inString = false;
      this.#break(entries, 'a record of more than 4 MB: its quotes or brackets are wrong');
    } else this.#parts.push(Buffer.from(part));
  }

  #forget(): void {
    this.#isOpen = false;
    this.#isScalar = false;
    this.#parts = [];
    this.#partBytes = 0;
  }

  #where(): string {
    return this.#isLines || (this.#lines && this.#line > 1) ? `line ${this.#line}` : `record ${this.#record}`;
  }

  #error(error: string): LogEntry {
    this.#errors += 1;
    return { where: this.#where(), error };
  }
}
