/** The parts of a JSON filter pattern, in the order in which they are tried: what combines, what compares, a selector, a text. */
const TOKEN =
  /\s*(?:(?<sign>&&|\|\||!=|<=|>=|[(){}=<>])|(?<selector>\$(?:\.[\w*-]+|\[[^\]]*\])+)|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s(){}&|=!<>"$]+))/gy;

interface Token {
  readonly kind: 'sign' | 'selector' | 'quoted' | 'bare';
  readonly text: string;
}

/** A condition as it is written in the one form, or several that a sign joins. */
type Expression = string | { readonly sign: string; readonly parts: readonly Expression[] };

const COMPARISONS = ['=', '!=', '<', '>', '<=', '>='];
const NUMBER = /^-?\d+(\.\d+)?$/;

/** The text is no JSON filter pattern, or one that is not understood. */
class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/** A JSON filter pattern of CloudWatch Logs in one form for all that select the same events by the same conditions: blanks, quotation marks, redundant parentheses, and the order and repetition of what `&&` or `||` joins make no difference. Patterns are case sensitive, and stay so. Null for any other text. */
export function canonicalPattern(text: string): string | null {
  try {
    return written(new Reader(tokensOf(text)).pattern());
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

function written(expression: Expression): string {
  if (typeof expression === 'string') return expression;
  const [first = '', ...others] = [...new Set(expression.parts.map(written))].toSorted();
  return others.length === 0 ? first : `(${[first, ...others].join(` ${expression.sign} `)})`;
}

/** What the sign joins, however deep in parentheses of its own. */
const partsBy = (sign: string, part: Expression): readonly Expression[] => {
  if (typeof part === 'string') return [part];
  if (part.sign === sign || part.parts.length === 1) return part.parts.flatMap((inner) => partsBy(sign, inner));
  return [part];
};

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  let end = 0;
  for (const match of trimmed.matchAll(TOKEN)) {
    const [kind, value] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    tokens.push({ kind: kind as Token['kind'], text: value ?? '' });
    end = match.index + match[0].length;
  }
  if (end < trimmed.length) throw new NotUnderstood();
  return tokens;
}

/** Reads by recursive descent; `&&` binds more tightly than `||`. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  pattern(): Expression {
    this.#expect('{');
    const found = this.#any();
    this.#expect('}');
    if (this.#at < this.#tokens.length) throw new NotUnderstood();
    return found;
  }

  #any(): Expression {
    return this.#joined('||', () => this.#joined('&&', () => this.#one()));
  }

  #joined(sign: string, read: () => Expression): Expression {
    const parts = [read()];
    while (this.#takes(sign)) parts.push(read());
    return { sign, parts: parts.flatMap((part) => partsBy(sign, part)) };
  }

  #one(): Expression {
    if (!this.#takes('(')) return this.#condition();
    const inner = this.#any();
    this.#expect(')');
    return inner;
  }

  #condition(): string {
    const selector = this.#next('selector').text;
    const sign = this.#tokens[this.#at];
    if (sign?.kind === 'bare') return `${selector} ${this.#words()}`;
    const comparison = this.#next('sign').text;
    if (!COMPARISONS.includes(comparison)) throw new NotUnderstood();
    return `${selector} ${comparison} ${this.#value()}`;
  }

  /** `NOT EXISTS`, `IS TRUE`: words of the language, which take any case. */
  #words(): string {
    const words = [this.#next('bare').text.toUpperCase()];
    words.push(this.#next('bare').text.toUpperCase());
    const found = words.join(' ');
    if (!['NOT EXISTS', 'IS NULL', 'IS TRUE', 'IS FALSE'].includes(found)) throw new NotUnderstood();
    return found;
  }

  /** A number without quotation marks is compared as one; a regular expression is not understood; all else is text. */
  #value(): string {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token?.kind === 'quoted') return JSON.stringify(token.text);
    if (token?.kind !== 'bare' || token.text.startsWith('%')) throw new NotUnderstood();
    return NUMBER.test(token.text) ? token.text : JSON.stringify(token.text);
  }

  #next(kind: Token['kind']): Token {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) throw new NotUnderstood();
    this.#at += 1;
    return token;
  }

  #takes(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw new NotUnderstood();
  }
}
