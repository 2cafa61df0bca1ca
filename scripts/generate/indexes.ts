import { type AnyControl, MODES } from '../../shared/control.ts';
import type { Detection } from '../../shared/detection.ts';
import { FRAMEWORKS, type Framework, requirementsIn } from '../../shared/frameworks.ts';
import type { Content } from './content.ts';
import { NOTE, or } from './markdown.ts';

type Listed = AnyControl | Detection;

/** The pages under docs/controls that list every control and detection in one order each, by file name. */
export const indexes = (content: Content): ReadonlyMap<string, string> =>
  new Map([
    ['README.md', catalogueDoc(content)],
    ['by-service.md', page('Controls by service', groups(all(content), serviceOf))],
    ['by-mode.md', page('Controls by recommended mode', byMode(all(content)))],
    [
      'by-framework.md',
      page(
        'Controls by framework',
        FRAMEWORKS.map((framework) => inFramework(framework, content)),
      ),
    ],
  ]);

const all = ({ controls, detections }: Content): readonly Listed[] => [...controls, ...detections];
const serviceOf = (one: Listed): string => ('resource' in one ? one.resource.service.id : one.service.id);
const link = ({ id }: Listed) => `[${id}](${id}.md)`;

const page = (title: string, sections: readonly (readonly string[])[]): string =>
  [
    NOTE,
    `# ${title}`,
    '',
    ...sections.flatMap((lines) => [...lines, '']),
    'All in one table: [README.md](README.md).',
    '',
  ].join('\n');

function groups(listed: readonly Listed[], keyOf: (one: Listed) => string): readonly (readonly string[])[] {
  const grouped = Map.groupBy(listed, keyOf);
  return [...grouped.keys()].sort().map((key) => [`## ${key}`, '', ...table(grouped.get(key) ?? [])]);
}

/** From what is remediated to what is only detected. */
const byMode = (listed: readonly Listed[]) =>
  MODES.toReversed()
    .map((mode) => ({ mode, own: listed.filter(({ recommendedMode }) => recommendedMode === mode) }))
    .filter(({ own }) => own.length > 0)
    .map(({ mode, own }) => [`## ${mode}`, '', ...table(own)]);

const table = (listed: readonly Listed[]): readonly string[] => [
  '| Control | Requirement | Severity | Mode |',
  '|---|---|---|---|',
  ...listed.map((one) => `| ${link(one)} | ${one.title} | ${one.severity} | ${one.recommendedMode} |`),
];

function inFramework(framework: Framework, content: Content): readonly string[] {
  const met = all(content).flatMap((one) => requirementsIn(framework, one).map((number) => ({ number, one })));
  const numbers = [...new Set(met.map(({ number }) => number))].sort(byNumber);
  return [
    `## ${framework.name}`,
    '',
    `\`--framework ${framework.id}\`. Which control meets which requirement: as [${framework.mappedBy}](${framework.source}) maps it. A requirement that is not listed is met by no control, and one that is listed may ask for more than the controls check.`,
    '',
    '| Requirement | Controls |',
    '|---|---|',
    ...numbers.map((number) => {
      const links = met.filter((entry) => entry.number === number).map(({ one }) => link(one));
      return `| ${number} | ${links.join(', ')} |`;
    }),
  ];
}

/** `1.9` before `1.10`. */
const byNumber = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

/** The table of all controls, and that of all detections. */
function catalogueDoc({ controls, detections }: Content): string {
  const rowsOf = (some: readonly Listed[]) =>
    some.map(
      (one) =>
        `| ${link(one)} | ${one.title} | ${one.severity} | ${or(one.securityControlIds)} | ${one.recommendedMode} |`,
    );
  return [
    NOTE,
    '# Controls',
    '',
    `${controls.length} controls, also [by service](by-service.md), [by framework](by-framework.md) and [by mode](by-mode.md). The mode shown is the recommended one; policy.yml sets the one in force (\`npx evenkeel controls\`).`,
    '',
    '| Control | Requirement | Severity | Security Hub | Mode |',
    '|---|---|---|---|---|',
    ...rowsOf(controls),
    '',
    '## Detections',
    '',
    'Events that are themselves the finding: people are notified, and nothing is written.',
    '',
    '| Detection | What it reports | Severity | Security Hub | Mode |',
    '|---|---|---|---|---|',
    ...rowsOf(detections),
    '',
  ].join('\n');
}
