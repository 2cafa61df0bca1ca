import type { Page } from 'playwright-core';

// What is passed to `evaluate` runs in the page, where these are.
// biome-ignore lint/suspicious/noExplicitAny: the types of the browser would be those of every file
declare const document: any;
// biome-ignore lint/suspicious/noExplicitAny: as above
declare const window: any;
// biome-ignore lint/suspicious/noExplicitAny: as above
type Element = any;

/** How far the page is wider than its window, in pixels. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** The beginnings of texts that reach beyond the cell, tile or line that holds them. */
export const cutOff = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('td, th, li, dd, h1, h2, h3, h4, p, code')]
      .filter(({ clientWidth, scrollWidth }: Element) => clientWidth > 0 && scrollWidth > clientWidth + 1)
      .map(({ textContent }: Element) => textContent.slice(0, 60)),
  );

/** The texts of charts that stand over each other. */
export const overlapping = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const texts = [...document.querySelectorAll('.chart text')].map((text: Element) => ({
      words: text.textContent,
      box: text.getBoundingClientRect(),
    }));
    return texts.flatMap((a, index) =>
      texts
        .slice(index + 1)
        .filter(({ box }) => a.box.left < box.right && box.left < a.box.right)
        .filter(({ box }) => a.box.top < box.bottom - 2 && box.top < a.box.bottom - 2)
        .map((b) => `${a.words} over ${b.words}`),
    );
  });

/** What axe finds wrong: contrast, names of links, headings of tables. `axe`: its source. */
export async function violations(page: Page, axe: string): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(
      ({ id, nodes }: Element) =>
        `${id}: ${nodes.length}, such as ${nodes[0].html.slice(0, 160)} ${nodes[0].any[0]?.message ?? ''}`,
    );
  });
}

/** The links of lists that do not lead to as many rows as they say, under each other and of one control. */
export const wrongRuns = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const rows = [...document.querySelectorAll('tr[id^="f-"]')];
    const places = new Map(rows.map((row: Element, index) => [`#${row.id}`, index]));
    return [...document.querySelectorAll('.panel a[data-rows][href^="#f-"]')]
      .filter((link: Element) => {
        const first = places.get(link.getAttribute('href'));
        const count = Number(link.dataset.rows);
        if (first === undefined || first + count > rows.length) return true;
        const [start, end] = [rows[first], rows[first + count - 1]].map((row: Element) => row.closest('.control'));
        return start !== end;
      })
      .map((link: Element) => link.textContent);
  });

/** How the parts of each legend are painted: `solid`, or by which pattern. */
export const paints = (page: Page): Promise<readonly (readonly string[])[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.legend')].map((legend: Element) =>
      [...legend.querySelectorAll('rect')].map((rect) => {
        const { fill } = window.getComputedStyle(rect);
        return fill.startsWith('rgb') ? 'solid' : fill;
      }),
    ),
  );

/** A property of the page's style. */
export const bodyStyle = (page: Page, property: string): Promise<string> =>
  page.evaluate((name) => window.getComputedStyle(document.body)[name], property);

/** Where the cells of each row begin. */
export const cellPlaces = (page: Page, rows: string): Promise<readonly (readonly number[])[]> =>
  page.evaluate(
    (selector) =>
      [...document.querySelectorAll(selector)].map((row: Element) =>
        [...row.children].map((cell) => cell.getBoundingClientRect().left),
      ),
    rows,
  );
