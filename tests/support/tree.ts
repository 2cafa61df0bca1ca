import { rmSync } from 'node:fs';
import { afterAll } from '@jest/globals';
import { copyOfTree as copy } from '../../scripts/sandbox/configured-tree.ts';

/** A copy of the tree that tests may change, gone when the tests of the file are done. Ends with a slash. */
export function copyOfTree(): string {
  const tree = copy();
  afterAll(() => rmSync(tree, { recursive: true, force: true }));
  return `${tree}/`;
}
