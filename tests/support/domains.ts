import { loadContent, loadServices } from '../../scripts/catalogue.ts';
import type { RelatedFacets } from '../../shared/resource.ts';
import type { Domain } from '../../shared/service.ts';

const services = await loadServices();
const { controls } = await loadContent();

/** The services of a domain that have controls, by id, and the SDK clients that its function's bundle has to hold: those of these services, and of the services whose resources they ask about. */
export function contentOf(domain: Domain): {
  readonly services: readonly string[];
  readonly clients: readonly string[];
} {
  const own = controls.filter(({ resource }) => resource.service.domain === domain);
  const ids = new Set<string>(own.map(({ resource }) => resource.service.id));
  const related = own.flatMap((control) => Object.values((control.related ?? {}) as RelatedFacets));
  const asked = new Set(related.flatMap(({ grants }) => Object.keys(grants).map((action) => action.split(':')[0])));
  const loads = services
    .filter(({ id }) => ids.has(id) || asked.has(id))
    .flatMap(({ sdks }) => Object.values(sdks).map(String));
  const clients = loads.flatMap((load) => /@aws-sdk\/client-([\w-]+)/.exec(load)?.[1] ?? []);
  return { services: [...ids].sort(), clients: [...new Set(clients)].sort() };
}
