import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../../shared/cli/errors.ts';
import type { AnyResource } from '../../shared/control.ts';
import { controlScene, controlSource, controlTest, type Subject } from './control-templates.ts';
import { assertService, type Written, writeFiles } from './files.ts';

/** Writes the files of a new control below `root`. Throws UsageError, and writes nothing, where the id, the service or the resource will not do or a file is there already. */
export async function writeControl(root: string, service: string, id: string, resource?: string): Promise<Written> {
  assertService(root, service);
  assertId(root, service, id);
  const subject = await subjectOf(root, service, id, resource);
  const files = new Map([
    [`shared/controls/${service}/${id}.ts`, controlSource(subject)],
    [subject.sceneFile, controlScene(subject)],
    [`tests/controls/${service}/${id}.test.ts`, controlTest(subject)],
  ]);
  return { files: writeFiles(root, files), next: nextSteps(subject) };
}

const resourceFiles = (root: string, service: string): readonly string[] =>
  readdirSync(`${root}shared/resources/${service}`)
    .filter((name) => name.endsWith('.ts') && name !== 'service.ts')
    .map((name) => basename(name, '.ts'))
    .sort();

/** What an id begins with: its service, or the word for it that Security Hub uses (`elbv2` for elasticloadbalancing). Scenes are kept by it. */
const wordOf = (service: string, id: string): string =>
  id.startsWith(`${service}-`) ? service : (id.split('-', 1)[0] ?? '');

/** The service, and the words that its ids begin with already. */
function wordsOf(root: string, service: string): readonly string[] {
  const folder = `${root}shared/controls/${service}`;
  const ids = existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'index.ts') : [];
  return [...new Set([service, ...ids.map((id) => wordOf(service, id))])];
}

function assertId(root: string, service: string, id: string): void {
  if (!/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id))
    throw new UsageError(
      `"${id}" is no id: small letters, digits and single hyphens, as in ${service}-volume-encrypted`,
    );
  const words = wordsOf(root, service);
  if (!words.includes(wordOf(service, id)))
    throw new UsageError(`"${id}" does not begin with its service: ${words.join('|')}-<resource>-<secure state>`);
}

/** The resource type that is asked for, or the one that the id names, or the only one of the service. */
async function subjectOf(root: string, service: string, id: string, asked?: string): Promise<Subject> {
  const resources = new Map<string, readonly [name: string, resource: AnyResource]>();
  for (const file of resourceFiles(root, service)) {
    const found = Object.entries(await import(`${root}shared/resources/${service}/${file}.ts`)).find(isResource);
    if (found !== undefined) resources.set(file, found);
  }
  const named = [...resources.keys()]
    .filter((file) => id.startsWith(`${wordOf(service, id)}-${file}-`))
    .sort((a, b) => b.length - a.length);
  const file = asked ?? named[0] ?? (resources.size === 1 ? [...resources.keys()][0] : undefined) ?? '';
  const [name, resource] = resources.get(file) ?? [];
  if (name === undefined || resource === undefined)
    throw new UsageError(
      `${asked === undefined ? `"${id}" names no resource of ${service}` : `${service} has no resource "${asked}"`}; say which: npm run new-control ${service} ${id} <${[...resources.keys()].join(' | ')}>`,
    );
  return {
    service,
    id,
    file,
    name,
    facets: Object.keys(resource.facets),
    sceneFile: `scenes/${wordOf(service, id)}/${id}.ts`,
  };
}

const isResource = (entry: [string, unknown]): entry is [string, AnyResource] => {
  const [, value] = entry;
  return typeof value === 'object' && value !== null && 'facets' in value && 'triggers' in value;
};

const nextSteps = ({ service, id, file, facets, sceneFile }: Subject): readonly string[] => [
  `Write shared/controls/${service}/${id}.ts: what is asked (texts, severity, ids of Security Hub), \`needs\` (of ${facets.join(', ')}: see shared/resources/${service}/${file}.ts), \`evaluate\`, and \`plan\` with its \`permissions\` where it can be remediated without a person, and the \`undoCalls\` of its steps, each with the permissions that the plan has not.`,
  `Give its test states that are compliant and states that are not, each of these with the exact plan; it fails until then. Write its scene, ${sceneFile}: what is prepared, and how it drifts; the test plays it on the local account.`,
  `npm run generate, npm test -- ${id} parity, npm run lint, npm run typecheck; say in changelog.d/${id}.added.md what it watches.`,
];
