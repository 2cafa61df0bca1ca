import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { folding } from '../../shared/cli/folding.ts';
import { resultsPrinter } from '../../shared/cli/results-printer.ts';
import type { Result } from '../../shared/result.ts';
import { saidBy } from '../support/capture-output.ts';
import { anyEntry, entry } from '../support/entries.ts';

const nothing = entry({ controlId: null, outcome: 'notApplicable', resourceId: null }).result;

/** Which of these are news, and what is said of the others. */
function folded(...results: readonly Result[]) {
  const fold = folding();
  return { news: results.map((result) => fold.isNews(result)), lines: fold.lines() };
}

test('what is as before is counted, what has changed is news', () => {
  const drifted = entry().result;
  const better = entry({ outcome: 'remediated' }).result;
  expect(folded(drifted, drifted, better, better, drifted)).toEqual({
    news: [true, false, true, false, true],
    lines: ['2 results as before, of 1 resource and control'],
  });
});

test('another resource, region or control is news', () => {
  const others = [{}, { resourceId: 'sg-2' }, { region: 'us-east-1' }, { controlId: 's3-bucket-encrypted' }];
  expect(folded(...others.map((one) => entry(one).result))).toEqual({ news: [true, true, true, true], lines: [] });
});

test('events that concern no control are counted; failures are told apart by what they say', () => {
  const failed = (error: string) => entry({ controlId: null, resourceId: null, outcome: 'failed', error }).result;
  expect(folded(nothing, nothing, failed('a'), failed('b'), failed('a'))).toEqual({
    news: [false, false, true, true, false],
    lines: ['2 events concern no control', '1 result as before, of 1 resource and control'],
  });
  expect(folded(nothing).lines).toEqual(['1 event concerns no control']);
});

test('of controls that do not apply the first few are shown; where one then does, that is news', () => {
  const gone = Array.from({ length: 8 }, (_, n) => entry({ outcome: 'notApplicable', resourceId: `sg-${n}` }).result);
  expect(folded(...gone, ...gone.slice(0, 1), entry({ resourceId: 'sg-7' }).result)).toEqual({
    news: [true, true, true, true, true, false, false, false, false, true],
    lines: [
      '3 more results of controls that do not apply, or of resources that are gone: --json says why',
      '1 result as before, of 1 resource and control',
    ],
  });
});

test('people see the counts above the summary; machines see every result', async () => {
  const results = [entry().result, entry().result, nothing];
  const said = async (json: boolean) => {
    const { said } = await saidBy(async () => {
      const report = resultsPrinter(json, false, folding());
      for (const result of results) report.add(result);
      report.finish();
    });
    return said.trimEnd().split('\n');
  };
  expect(await said(true)).toHaveLength(3);
  expect((await said(false)).slice(-4)).toEqual([
    '',
    '1 event concerns no control',
    '1 result as before, of 1 resource and control',
    '2 detected, 1 notApplicable',
  ]);
});

test('the first of a kind is never folded', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 8 }), (entries) => {
      const results = entries
        .map(({ result }) => result)
        .filter(({ controlId, outcome }) => controlId !== null && outcome !== 'notApplicable');
      const { news } = folded(...results, ...results);
      const shown = results.filter((_, index) => news[index]);
      const keys = (of: readonly Result[]) =>
        new Set(of.map((one) => `${one.controlId}|${one.resourceId}|${one.resourceType}`));
      expect(keys(shown)).toEqual(keys(results));
    }),
  );
});
