import { type Html, html, name, type Part } from './html.ts';
import type { FindingRow, RecordRow } from './rows.ts';
import { minuteOf, STATES } from './words.ts';

/** What a number leads to: a list of links to rows. */
interface Panel {
  readonly title: Part;
  readonly entries: readonly Html[];
  /** The section that it returns to. */
  readonly section: string;
}

/** Makes each number of the page a link to a panel that lists what it counts, row by row. */
export class Links {
  readonly #places = new Map<FindingRow | RecordRow, number>();
  readonly #panels: Panel[] = [];
  #section = 'top';

  constructor(findings: readonly FindingRow[], records: readonly RecordRow[]) {
    for (const [index, row] of findings.entries()) this.#places.set(row, index);
    for (const [index, row] of records.entries()) this.#places.set(row, index);
  }

  /** From now on numbers stand in the section of this id. */
  at(section: string): this {
    this.#section = section;
    return this;
  }

  /** The id of a row's place in the tables. */
  id(row: FindingRow | RecordRow): string {
    return `${'state' in row ? 'f' : 'r'}-${this.#place(row)}`;
  }

  /** The number of these findings. */
  findings(title: Part, rows: readonly FindingRow[], text: Part = null): Html {
    const runs = this.#runs(rows);
    return this.counted(
      title,
      rows.length,
      runs.map(([first, count]) => this.#runEntry(first, count)),
      text,
    );
  }

  /** The number of these records, or what else is said of them. */
  records(title: Part, rows: readonly RecordRow[], text: Part = null): Html {
    return this.counted(
      title,
      rows.length,
      rows.map((row) => this.recordEntry(row)),
      text,
    );
  }

  /** A number, and the entries that it counts; a plain 0 for none. */
  counted(title: Part, count: number, entries: readonly Html[], text: Part = null): Html {
    if (count === 0) return html`<span class="none">0</span>`;
    const id = `n-${this.#panels.push({ title, entries, section: this.#section })}`;
    return html`<a class="n" href="#${id}" data-count="${count}">${text ?? count}</a>`;
  }

  recordEntry(row: RecordRow): Html {
    return html`<a href="#${this.id(row)}" data-rows="1">${minuteOf(row.times.decided)}</a> ${name(row.resourceId)}`;
  }

  /** All panels that were asked for, hidden until their link is followed. */
  panels(): Html {
    return html`${this.#panels.map(
      (
        { title, entries, section },
        index,
      ) => html`<aside class="panel" id="n-${index + 1}" aria-labelledby="t-${index + 1}">
<a class="close" href="#${section}">Close</a>
<h3 id="t-${index + 1}">${title}</h3>
<ul>${entries.map((entry) => html`<li>${entry}</li>`)}</ul>
</aside>
`,
    )}`;
  }

  #place(row: FindingRow | RecordRow): number {
    const place = this.#places.get(row);
    if (place === undefined) throw new Error('the row is not in the tables of this page');
    return place;
  }

  #runEntry(first: FindingRow, count: number): Html {
    const { controlId, state } = first;
    return html`<a href="#${this.id(first)}" data-rows="${count}">${controlId}: ${count} ${STATES[state].name}</a>`;
  }

  /** Rows that stand under each other, of one control and state: the first of them and how many. */
  #runs(rows: readonly FindingRow[]): readonly (readonly [FindingRow, number])[] {
    const runs: [FindingRow, number][] = [];
    let last = Number.NaN;
    for (const row of rows.toSorted((a, b) => this.#place(a) - this.#place(b))) {
      const place = this.#place(row);
      const run = runs.at(-1);
      const isNext = run !== undefined && place === last + 1;
      if (isNext && run[0].controlId === row.controlId && run[0].state === row.state) run[1] += 1;
      else runs.push([row, 1]);
      last = place;
    }
    return runs;
  }
}
