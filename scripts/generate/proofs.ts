import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { SceneFile, SceneOutcome } from '../../scenes/scene.ts';
import type { AnyControl } from '../../shared/control.ts';
import { ROOT } from '../catalogue.ts';
import type { Content } from './content.ts';
import { code, NOTE, or } from './markdown.ts';
import { closureOf } from './source/modules.ts';

/** Calls that the local account answers only by what scripts/sandbox adds to moto, by the control whose scene makes them. */
export type Additions = Readonly<Record<string, readonly string[]>>;

/** Where they are kept: written by `npm run proofs`, and compared each time that a scene is played. */
export const ADDITIONS_FILE = 'scenes/additions.json';

/** A test file that proves something of what it is about, beside its cases. */
export interface ProvingTest {
  readonly path: string;
  /** Sources that it is about: that at its mirrored path, and controls that it imports. */
  readonly sources: readonly string[];
}

/** The tests that use a module, `support/aws-proxy.ts` or `fast-check`. */
export function testsThatUse(module: string): readonly ProvingTest[] {
  const imported = new RegExp(`from '[^']*${RegExp.escape(module)}'`);
  return globSync('tests/**/*.test.ts', { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }))
    .filter(({ text }) => imported.test(text))
    .map(({ path, text }) => ({ path, sources: [...mirroredBy(path), ...controlsIn(text)] }));
}

/** `tests/aws/a.b.test.ts` is about `shared/aws/a.ts`, or `shared/aws/a.b.ts`. */
function mirroredBy(path: string): readonly string[] {
  const parts = path
    .replace(/^tests/, 'shared')
    .replace(/\.test\.ts$/, '')
    .split('.');
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('.')}.ts`);
}

const controlsIn = (text: string): readonly string[] =>
  [...text.matchAll(/from '[./]*\/(shared\/controls\/[^/']+\/[^/']+\.ts)'/g)].map(([, path = '']) => path);

/** The tests that are about what a control is made of: itself, its resource, what it knows of AWS. */
function testsOf({ id, resource }: AnyControl, tests: readonly ProvingTest[]): readonly string[] {
  const own = `shared/controls/${resource.service.id}/${id}.ts`;
  const files = new Set(closureOf(own, 'shared/aws/', 'shared/resources/').declarations.map(({ file }) => file));
  return tests.filter(({ sources }) => sources.some((source) => files.has(source))).map(({ path }) => path);
}

const ON_THE_LOCAL_ACCOUNT: Readonly<Record<SceneOutcome, string>> = {
  remediated: 'detected, remediated, undone',
  awaitingApproval: 'detected, approved, undone',
  detected: 'detected',
};

const link = (path: string) => `[${basename(path, '.test.ts')}](../${path})`;

/** What the rows are made of. */
export interface Facts {
  readonly scenes: readonly SceneFile[];
  readonly additions: Additions;
  readonly wire: readonly ProvingTest[];
  readonly properties: readonly ProvingTest[];
}

/** The table of how each control and detection is proven. */
export function proofsDoc({ controls, detections }: Content, { scenes, additions, wire, properties }: Facts): string {
  const sceneOf = (id: string) => scenes.find((one) => one.id === id)?.proof;
  const rows = controls.map((control) => {
    const { id } = control;
    const outcome = sceneOf(id)?.expects[id];
    return [
      `[${id}](controls/${id}.md)`,
      outcome === undefined ? '—' : ON_THE_LOCAL_ACCOUNT[outcome],
      or((additions[id] ?? []).map(code)),
      or(testsOf(control, wire).map(link)),
      or(testsOf(control, properties).map(link)),
    ];
  });
  return [
    NOTE,
    '# How each control is proven',
    '',
    'Every control is evaluated and planned in memory, state by state, and every read is answered with empty and with cut bodies (`testControl`, `testResource`). Beside that:',
    '',
    '- **Local account**: its scene is played end to end through the real SDK, on [moto](https://docs.getmoto.org). In [one account with all of them](../tests/cli/sweep.catalogue.test.ts) the command finds each drift and no resource that is right, remediates what its mode allows, and finds nothing the second time.',
    '- **Added**: calls that moto does not know, or knows otherwise than AWS, and that the local account answers only by what `scripts/sandbox/missing_*.py` add: for these it shows that the calls fit together, and not what AWS answers.',
    '- **Over the wire**: tests of what the control is made of, in which a proxy in front of the account answers as AWS documents it.',
    '- **Properties**: tests of what the control is made of, over generated states.',
    '',
    '| Control | Local account | Added | Over the wire | Properties |',
    '|---|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    ...(detections.length === 0
      ? []
      : [
          '',
          'Detections read nothing: sample events, their scene, and generated records that must not make them throw (`testDetection`).',
          '',
          '| Detection | Its event |',
          '|---|---|',
          ...detections.map(({ id }) => `| [${id}](controls/${id}.md) | ${sceneOf(id)?.title ?? '—'} |`),
        ]),
    '',
  ].join('\n');
}
