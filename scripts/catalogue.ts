import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyControl } from '../shared/control.ts';
import type { Detection } from '../shared/detection.ts';
import type { Service } from '../shared/service.ts';
import type { Content } from './generate/content.ts';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The names of a folder's modules, without their ending; none where there is no such folder. */
const modulesIn = (folder: string): readonly string[] =>
  !existsSync(ROOT + folder)
    ? []
    : readdirSync(ROOT + folder)
        .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
        .map((name) => basename(name, '.ts'))
        .sort();

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(ROOT + folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** The folders of shared/controls/ that hold controls, one for each service. */
export const services = (): readonly string[] =>
  foldersIn('shared/controls').filter((name) => controlIds(name).length > 0);

/** The ids of a service's controls: the names of its files. */
export const controlIds = (service: string): readonly string[] => modulesIn(`shared/controls/${service}`);

/** What a module of the tree exports as its default. Throws where it has none, or it is called otherwise than its file. */
async function definedIn<T extends { readonly id: string }>(file: string, how: string): Promise<T> {
  const { default: defined } = (await import(ROOT + file)) as { default?: T };
  if (defined === undefined) throw new Error(`${file} has no default export: export default ${how}({…})`);
  if (defined.id !== basename(file, '.ts'))
    throw new Error(`${file} defines "${defined.id}": file name and id must be the same`);
  return defined;
}

/** The services that are known: the folders of shared/resources/, whether or not they have a control yet. Throws where a folder holds no service of its name. */
export const loadServices = (): Promise<readonly Service[]> =>
  Promise.all(foldersIn('shared/resources').map(loadService));

async function loadService(id: string): Promise<Service> {
  const file = `shared/resources/${id}/service.ts`;
  const { default: service } = (await import(ROOT + file)) as { default?: Service };
  if (service === undefined) throw new Error(`${file} has no default export: export default defineService({…})`);
  if (service.id !== id) throw new Error(`${file} defines "${service.id}": folder and id must be the same`);
  return service;
}

/** Loads every control, by service. Throws where a file's name, folder or resource does not fit its id. */
export async function loadCatalogue(): Promise<ReadonlyMap<string, readonly AnyControl[]>> {
  const catalogue = new Map<string, readonly AnyControl[]>();
  for (const service of services()) {
    const controls: AnyControl[] = [];
    for (const id of controlIds(service)) controls.push(await loadControl(service, id));
    catalogue.set(service, controls);
  }
  return catalogue;
}

/** Loads the control of a file. Throws where its name, folder or resource does not fit its id. */
export async function loadControl(service: string, id: string): Promise<AnyControl> {
  const file = `shared/controls/${service}/${id}.ts`;
  const control = await definedIn<AnyControl>(file, 'defineControl');
  const { id: own } = control.resource.service;
  if (own !== service)
    throw new Error(`${file} evaluates a resource of ${own}: it belongs into shared/controls/${own}/`);
  return control;
}

/** Loads every detection. Throws where a file's name does not fit its id. */
export async function loadDetections(): Promise<readonly Detection[]> {
  const detections: Detection[] = [];
  for (const id of modulesIn('shared/detections'))
    detections.push(await definedIn<Detection>(`shared/detections/${id}.ts`, 'defineDetection'));
  return detections;
}

/** Loads every control and detection. */
export const loadContent = async (): Promise<Content> => ({
  controls: [...(await loadCatalogue()).values()].flat(),
  detections: await loadDetections(),
});
