import { UsageError } from '../../shared/cli/errors.ts';

/** The sections of a release, in the order of Keep a Changelog; a fragment's name ends with one of them. */
export const KINDS = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security'] as const;
export type Kind = (typeof KINDS)[number];

/** One file of changelog.d/: every line of it is an entry. */
export interface Fragment {
  readonly name: string;
  readonly kind: Kind;
  readonly entries: readonly string[];
}

const NAME = new RegExp(`^[a-z0-9]+(?:-[a-z0-9]+)*\\.(${KINDS.join('|')})\\.md$`);
const VERSION = /^\d+\.\d+\.\d+$/;
const UNRELEASED = '## [Unreleased]\n';
const POINTER = 'What is not released yet stands in [changelog.d/](changelog.d/README.md), one file a change.\n';

/** Reads a fragment. Throws UsageError, naming the file, where its name, or a line of it, is not of the form. */
export function parseFragment(name: string, text: string): Fragment {
  const kind = NAME.exec(name)?.[1] as Kind | undefined;
  if (kind === undefined)
    throw new UsageError(`changelog.d/${name}: call it <slug>.<${KINDS.join('|')}>.md, the slug in small letters`);
  const entries = text.split('\n').filter((line) => line !== '');
  if (entries.length === 0) throw new UsageError(`changelog.d/${name} is empty`);
  const odd = entries.find((line) => !/^(?![-*#] )\S.*[.!]$/.test(line));
  if (odd !== undefined)
    throw new UsageError(`changelog.d/${name}: a line is a whole sentence, without bullet or heading: "${odd}"`);
  return { name, kind, entries };
}

/** The sections of a release. */
export const sections = (fragments: readonly Fragment[]): string =>
  KINDS.map((kind) => [kind, fragments.filter((fragment) => fragment.kind === kind)] as const)
    .filter(([, own]) => own.length > 0)
    .map(([kind, own]) => {
      const entries = own.flatMap(({ entries }) => entries).map((entry) => `- ${entry}\n`);
      return `### ${kind[0]?.toUpperCase()}${kind.slice(1)}\n\n${entries.join('')}`;
    })
    .join('\n');

/** The changelog with the fragments as its newest release. Throws UsageError where the version is none, or is released already, or nothing has changed. */
export function released(changelog: string, version: string, date: string, fragments: readonly Fragment[]): string {
  if (!VERSION.test(version)) throw new UsageError(`"${version}" is no version: 1.2.3`);
  if (changelog.includes(`## [${version}]`)) throw new UsageError(`${version} is in CHANGELOG.md already`);
  if (fragments.length === 0) throw new UsageError('changelog.d/ holds no fragment: nothing to release');
  const [before, after] = split(changelog);
  return `${before}${UNRELEASED}\n${POINTER}\n## [${version}] - ${date}\n\n${sections(fragments)}${after === '' ? '' : `\n${after}`}`;
}

/** What stands before, and what after, the section of what is not released. Throws UsageError where entries stand in it: they belong into fragments. */
function split(changelog: string): readonly [before: string, after: string] {
  const start = changelog.indexOf(UNRELEASED);
  const rest = changelog.slice(start + UNRELEASED.length);
  const end = rest.search(/^## \[/m);
  const own = end === -1 ? rest : rest.slice(0, end);
  if (start === -1 || own.trim() !== POINTER.trim())
    throw new UsageError(
      `CHANGELOG.md: under "${UNRELEASED.trim()}" stands only the line that points to changelog.d/, entries go there`,
    );
  return [changelog.slice(0, start), end === -1 ? '' : rest.slice(end)];
}

/** Throws UsageError where the changelog is not of the form that a release needs. */
export const assertForm = (changelog: string): void => void split(changelog);
