import { loadServices } from '../../scripts/catalogue.ts';
import type { Domain } from '../../shared/service.ts';

const services = await loadServices();

/** The services of a domain, by id, and the SDK clients that they name: what its function's bundle has to hold. */
export function contentOf(domain: Domain): {
  readonly services: readonly string[];
  readonly clients: readonly string[];
} {
  const own = services.filter((service) => service.domain === domain);
  const packages = own.flatMap(({ sdks }) => Object.values(sdks).map(String));
  return {
    services: own.map(({ id }) => id).sort(),
    clients: packages.flatMap((load) => /@aws-sdk\/client-([\w-]+)/.exec(load)?.[1] ?? []).sort(),
  };
}
