import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyControl } from '../shared/control.ts';
import type { Service } from '../shared/service.ts';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The folders of shared/controls/ that hold controls, one for each service. */
export const services = (): readonly string[] =>
  readdirSync(`${ROOT}shared/controls`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && controlIds(entry.name).length > 0)
    .map(({ name }) => name)
    .sort();

/** The services that are known: the folders of shared/resources/, whether or not they have a control yet. Throws where a folder holds no service of its name. */
export async function loadServices(): Promise<readonly Service[]> {
  const entries = readdirSync(`${ROOT}shared/resources`, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(folders.sort().map(loadService));
}

async function loadService(id: string): Promise<Service> {
  const file = `shared/resources/${id}/service.ts`;
  const { default: service } = (await import(ROOT + file)) as { default?: Service };
  if (service === undefined) throw new Error(`${file} has no default export: export default defineService({…})`);
  if (service.id !== id) throw new Error(`${file} defines "${service.id}": folder and id must be the same`);
  return service;
}

/** The ids of a service's controls: the names of its files. */
export const controlIds = (service: string): readonly string[] =>
  readdirSync(`${ROOT}shared/controls/${service}`)
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .map((name) => basename(name, '.ts'))
    .sort();

/** Loads every control. Throws where a file's name, folder or resource does not fit its id. */
export async function loadCatalogue(): Promise<ReadonlyMap<string, readonly AnyControl[]>> {
  const catalogue = new Map<string, readonly AnyControl[]>();
  for (const service of services()) {
    const controls: AnyControl[] = [];
    for (const id of controlIds(service)) {
      const { default: control } = (await import(`${ROOT}shared/controls/${service}/${id}.ts`)) as {
        default?: AnyControl;
      };
      const file = `shared/controls/${service}/${id}.ts`;
      if (control === undefined) throw new Error(`${file} has no default export: export default defineControl({…})`);
      if (control.id !== id) throw new Error(`${file} defines "${control.id}": file name and id must be the same`);
      const { id: owner } = control.resource.service;
      if (owner !== service)
        throw new Error(`${file} evaluates a resource of ${owner}: it belongs into shared/controls/${owner}/`);
      controls.push(control);
    }
    catalogue.set(service, controls);
  }
  return catalogue;
}
