import { cpSync, globSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ROOT } from '../../scripts/catalogue.ts';
import { type Ended, run } from './script.ts';

/** A copy of the tree, for scripts that write into it. */
export interface CopiedTree {
  /** With a slash at its end. */
  readonly root: string;
  /** Runs a script of scripts/. */
  script(name: string, ...args: string[]): Promise<Ended>;
  /** Runs the linter on some files, but for what it takes the whole tree to see. */
  lint(...files: string[]): Promise<Ended>;
  /** Runs the type checker on some files and all that they import. */
  typecheck(...files: string[]): Promise<Ended>;
  /** Runs the tests whose path fits, and names each. */
  jest(pattern: string): Promise<Ended>;
  /** Every file and folder, sorted. */
  entries(): readonly string[];
  remove(): void;
}

const COPIED = [
  'scripts',
  'scenes',
  'shared',
  'functions',
  'docs',
  'events',
  'tests/resources',
  'tests/support',
  'policy.yml',
  'package.json',
  'tsconfig.json',
  'biome.json',
];

/** Copies what scaffolds and generators read and write; node_modules is linked. */
export function copiedTree(): CopiedTree {
  const root = `${mkdtempSync(`${tmpdir()}/evenkeel-`)}/`;
  for (const name of COPIED) cpSync(ROOT + name, root + name, { recursive: true });
  symlinkSync(`${ROOT}node_modules`, `${root}node_modules`);
  const tool = (file: string, ...args: string[]) =>
    run(`../node_modules/${file}`, args, {
      root,
      env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
    });
  return {
    root,
    script: (name, ...args) => run(name, args, { root }),
    lint: (...files) =>
      tool('@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', '--skip=suspicious/noImportCycles', ...files),
    typecheck(...files) {
      const config = `${root}tsconfig.files.json`;
      writeFileSync(config, JSON.stringify({ extends: './tsconfig.json', files, include: [] }));
      // Several checkers would each check again what the others have.
      return tool('typescript/bin/tsc', '--singleThreaded', '-p', config);
    },
    jest: (pattern) =>
      tool('jest/bin/jest.js', '--verbose', '--rootDir', root, '--config', JSON.stringify(JEST), pattern),
    // But for what is linked: a listing follows links, and that is all of node_modules.
    entries: () => globSync('**', { cwd: root, exclude: (name) => name === 'node_modules' }).toSorted(),
    remove: () => rmSync(root, { recursive: true }),
  };
}

/** As jest.config.mjs has it, without the local account: what was just written needs none to fail. */
const JEST = {
  rootDir: '.',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testEnvironment: '<rootDir>/tests/support/jest/environment.mjs',
  testRunner: '<rootDir>/tests/support/jest/jest-circus.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/jest/strip-types.mjs' },
};
