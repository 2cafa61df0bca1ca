import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReportData } from '../../../shared/cli/report/data.ts';
import { reportOf } from '../../../shared/cli/report/model.ts';
import { page } from '../../../shared/cli/report/page.ts';
import { exemptionOf, REF } from '../../support/ledger-fixtures.ts';
import { busyAccount, controlAt, openFinding, recordOf, reportDataOf, SOURCE } from '../../support/report-fixture.ts';

const shown = (data: ReportData, source = SOURCE) => page(reportOf(data), source);
const busy = shown(busyAccount());

describe('every number leads to the records behind it', () => {
  const panels = new Map(
    [...busy.matchAll(/<aside class="panel" id="([^"]+)".*?<ul>(.*?)<\/ul>\s*<\/aside>/gs)].map(([, id, list = '']) => [
      id,
      list.split('<li>').slice(1),
    ]),
  );
  const numbers = [...busy.matchAll(/<a class="n" href="#([^"]+)" data-count="(\d+)">(.*?)<\/a>/gs)];

  test('each is a link to a list that has as many entries, or whose entries have as many rows', () => {
    expect(numbers.length).toBeGreaterThan(100);
    for (const [, id, count, text = ''] of numbers) {
      const entries = panels.get(id) ?? [];
      const rows = entries.map((entry) => /data-rows="(\d+)"/.exec(entry)?.[1]);
      const counted = rows.every((one) => one !== undefined)
        ? rows.reduce((sum, one) => sum + Number(one), 0)
        : rows.length;
      expect([text, counted]).toEqual([text, Number(count)]);
      if (/^\d+$/.test(text)) expect(text).toBe(count);
    }
  });

  test('every link leads to one place in the page, and no other leads out of it', () => {
    const ids = [...busy.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...busy.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href ?? '');
    for (const href of targets) expect(ids).toContain(href.slice(1));
    expect(targets.every((href) => href.startsWith('#'))).toBe(true);
  });
});

test('needs nothing beside itself: no script, no picture, no font, no address to load from', () => {
  expect(busy).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-`);
  expect(busy).not.toMatch(
    /<(script|img|link|iframe|object|embed|form|base|use)\b|\son\w+=|\bstyle="|@import|url\((?!#)/i,
  );
});

test('what is open says what to do, by the exact command', () => {
  const text = busy.replaceAll(/<\/?span>/g, '');
  for (const command of [
    'npx evenkeel approve rem-waiting',
    `npx evenkeel sweep --control ${controlAt(3).id} --mode remediate`,
    `npx evenkeel resume --control ${controlAt(5).id} --look`,
    'npx evenkeel exempt --end ex-1',
    'npx evenkeel undo rem-1',
  ])
    expect(text).toContain(`<code class="command">${command}</code>`);
});

test('says that nothing is known yet, and how to change that; or that nothing is open, and how sure that is', () => {
  const empty = shown(reportDataOf({ flags: ' --stack mine' }));
  expect(empty).toContain('Nothing is known yet.');
  expect(empty.replaceAll(/<\/?span>/g, '')).toContain('npx evenkeel sweep --mode remediate --stack mine');
  expect(empty).toContain('none is recorded');
  const sweepEnds = busyAccount().sweepEnds;
  const clean = shown(reportDataOf({ sweepEnds }));
  expect(clean).toContain('No open findings.');
  expect(clean).toContain('the oldest of 3 services and regions is 2 days old');
});

/** Everything that strangers choose, in every place where the page shows it. */
const written = (text: string): string => {
  const control = { ...controlAt(0), id: text, title: text, guidance: text };
  const ref = { ...REF, resourceId: text, region: text, accountId: text, resourceType: text };
  const attribution = { actor: text, tool: text as 'CLI', sourceIp: text, userAgent: text };
  const step = { service: text, operation: text, input: {}, region: text, elements: [], undo: [] } as const;
  const record = recordOf(text, controlAt(0), {
    controlId: text,
    service: text,
    ref,
    attribution,
    annotation: text,
    error: text,
    decidedBy: text,
    undoes: text,
    steps: [{ ...step, status: 'made', requestId: null, error: null }],
  });
  const blocked = { by: text, facets: '', version: '', recordId: null };
  const finding = { ...openFinding(control, text, { outcome: 'blocked', annotation: text, blocked }), ref, arn: text };
  const exemption = exemptionOf(text, {
    control: text,
    resource: text,
    owner: text,
    reason: text,
    createdBy: text,
    elements: [text],
  });
  const pauses = [{ control: text, by: text, reason: text, at: text }];
  const rest = { exemptions: [exemption], pauses, account: text, flags: text, controls: [control] };
  return shown(reportDataOf({ records: [record], findings: [finding], ...rest }), { ledger: text, policy: text });
};

/** The page's elements and the names of their attributes; the words of a command are as many as it has. */
const skeleton = (text: string) =>
  [...text.replaceAll(/<\/?span>/g, '').matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));

test('no text of a stranger becomes markup, or an attribute, anywhere', () => {
  const plain = skeleton(written('x'));
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onload='x",
      '</style><b>',
      '&lt;b&gt;',
      '\u202e<b>',
    ),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const made = written(text);
      expect(skeleton(made)).toEqual(plain);
      expect(made.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 60 },
  );
});
