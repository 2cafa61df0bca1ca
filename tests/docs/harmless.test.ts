import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

test('docs/harmless.md names the controls that are proven to do no harm', () => {
  const page = readFileSync(`${ROOT}docs/harmless.md`, 'utf8');
  const named = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
  const proven = readdirSync(`${ROOT}tests/controls`, { recursive: true, encoding: 'utf8' }).flatMap(
    (file) => /([^\\/]+)\.harmless\.test\.ts$/.exec(file)?.[1] ?? [],
  );
  expect(named.toSorted()).toEqual(proven.toSorted());
  expect(proven).toHaveLength(10);
});
