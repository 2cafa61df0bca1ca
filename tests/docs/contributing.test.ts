import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

const PAGE = readFileSync(`${ROOT}CONTRIBUTING.md`, 'utf8');
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
/** The section under a heading. */
const section = (title: string) => PAGE.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
const all = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([, found]) => found ?? '')),
];

/** Paths that the page makes up, as those of files to be written. */
const MADE_UP = [
  'shared/resources/kms/alias.ts',
  'shared/resources/transfer/service.ts',
  'shared/x/y.ts',
  'tests/resources/transfer/predicted-events.ts',
  'tests/x/y.test.ts',
];

const fileOfControl = (words: string) => `shared/controls/${words.replace(' ', '/')}.ts`;

describe('CONTRIBUTING.md', () => {
  const files = all(PAGE, /[`(]((?:shared|scenes|tests|docs|events|scripts)\/[\w./-]+\.\w+)[`)]/g);

  test.each(files.filter((file) => !MADE_UP.includes(file)))('%s exists', (file) => {
    expect(existsSync(ROOT + file)).toBe(true);
  });

  // Who follows the page would be refused a file that is there already.
  test.each([...MADE_UP, ...all(PAGE, /npm run new-control (\w+ [\w-]+)/g).map(fileOfControl)])(
    '%s is still to be written',
    (file) => {
      expect(existsSync(ROOT + file)).toBe(false);
    },
  );

  const controls = all(section('Add a control'), /^\| [^|]+ \| `([\w-]+\/[\w-]+)\.ts`/gm);

  test.each(controls)('%s, shown for its kind, has a source, a scene and a test', (control) => {
    const own = [`shared/controls/${control}.ts`, `scenes/${control}.ts`, `tests/controls/${control}.test.ts`];
    expect(own.filter((file) => !existsSync(ROOT + file))).toEqual([]);
  });

  test('shows a control of each kind', () => {
    expect(controls.length).toBeGreaterThan(7);
  });

  test('names only commands that exist', () => {
    const named = all(PAGE, /npm run ([\w:-]+)/g);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test.each(all(PAGE, /`(\w+)`(?:, `\w+`)* of `[\w./-]+`/g))(
    'the helper %s is exported where the page looks for it',
    (helper) => {
      const [, file] = new RegExp(`\`${helper}\`(?:, \`\\w+\`)* of \`([\\w./-]+)\``).exec(PAGE) ?? [];
      expect(readFileSync(ROOT + file, 'utf8')).toMatch(new RegExp(`export .*\\b${helper}\\b`));
    },
  );

  test('names the helpers of no one service that many controls and resources use', () => {
    const uses = globSync(['shared/controls/*/*-*.ts', 'shared/resources/*/*.ts'], { cwd: ROOT }).flatMap((file) =>
      [
        ...readFileSync(ROOT + file, 'utf8').matchAll(/^import \{([^}]*)\} from '[./]+\/((?:aws\/)?[\w-]+\.ts)'/gm),
      ].flatMap(([, names = '', from]) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => /^[a-z]\w+$/.test(name))
          .map((name) => `${name} of shared/${from}`),
      ),
    );
    const often = [...Map.groupBy(uses, (use) => use)].filter(([, { length }]) => length >= 5).map(([use]) => use);
    expect(often.length).toBeGreaterThan(20);
    const scaffolds = globSync('scripts/scaffold/*.ts', { cwd: ROOT }).map((file) => readFileSync(ROOT + file, 'utf8'));
    const named = new Set([PAGE, ...scaffolds].join(' ').match(/\w+/g));
    expect(often.filter((use) => !named.has(use.split(' ')[0] ?? ''))).toEqual([]);
  });
});
