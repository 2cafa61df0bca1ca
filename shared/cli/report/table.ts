import { type Html, html } from './html.ts';

/** A column's heading; that of a column of numbers stands over their last digits. */
export type Column = string | { readonly num: string };

/** A table with these columns; each row is a `<tr>`. A narrow screen scrolls it by itself. */
export const table = (columns: readonly Column[], rows: readonly (Html | false)[]): Html =>
  html`<div class="scroll"><table><thead><tr>${columns.map(heading)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;

const heading = (column: Column): Html =>
  typeof column === 'string'
    ? html`<th scope="col">${column}</th>`
    : html`<th scope="col" class="num">${column.num}</th>`;

/** The first cell of a row: what the row is about. */
export const rowHead = (...parts: readonly (Html | string | false | null)[]): Html =>
  html`<th scope="row">${parts}</th>`;

/** A cell with a number. */
export const num = (number: Html): Html => html`<td class="num">${number}</td>`;

/** A browser lays out a short table at once; a long one is cut into several. */
const MAX_TABLE_ROWS = 500;

/** The rows of each table of a long list. */
export const chunks = <T>(rows: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(rows.length / MAX_TABLE_ROWS) }, (_, index) =>
    rows.slice(index * MAX_TABLE_ROWS, (index + 1) * MAX_TABLE_ROWS),
  );
