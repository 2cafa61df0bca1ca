import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Scene, SceneFile } from './scene.ts';

const FOLDER = fileURLToPath(new URL('./', import.meta.url));

/** Loads every scene file, by service and id. A file of a service's folder whose name does not begin with the service (`s3/bucket.ts`) is a helper of its scenes. Throws where a file has no proof of its control. */
export function loadScenes(): Promise<readonly SceneFile[]> {
  const services = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const ids = services.flatMap(({ name: service }) =>
    readdirSync(FOLDER + service)
      .filter((file) => file.startsWith(`${service}-`) && file.endsWith('.ts'))
      .map((file) => [service, basename(file, '.ts')] as const),
  );
  return Promise.all(ids.toSorted().map(([service, id]) => load(service, id)));
}

async function load(service: string, id: string): Promise<SceneFile> {
  const file = `scenes/${service}/${id}.ts`;
  const { default: proof, more = [] }: { default?: Scene; more?: readonly Scene[] } = await import(
    `${FOLDER}${service}/${id}.ts`
  );
  if (proof === undefined) throw new Error(`${file} has no default export, the scene that proves ${id}`);
  if (!Object.hasOwn(proof.expects, id)) throw new Error(`${file} expects nothing of ${id}`);
  return { id, service, proof, more };
}
