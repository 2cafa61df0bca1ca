import { loadContent, loadServices } from '../../scripts/catalogue.ts';
import type { AnyControl } from '../../shared/control.ts';
import type { Grants, RelatedFacets } from '../../shared/resource.ts';
import type { Domain, Service } from '../../shared/service.ts';

const services = await loadServices();
const { controls } = await loadContent();

/** What every function needs: the ledger, the topic and its queue. */
const OWN_CLIENTS = ['dynamodb', 'sns', 'sqs'];

const clientsOf = ({ sdks }: Service, names = Object.keys(sdks)): readonly string[] =>
  names.flatMap((name) => /@aws-sdk\/client-([\w-]+)/.exec(String(sdks[name]))?.[1] ?? []);

/** The services whose calls a control is granted to read with, or to get a second opinion with. */
const askedBy = ({ resource, related = {}, publicAccessCheck }: AnyControl): readonly string[] => {
  const facets: readonly { readonly grants: Grants }[] = [
    ...Object.values(resource.facets as RelatedFacets),
    ...Object.values(related as RelatedFacets),
    ...(publicAccessCheck === undefined ? [] : [publicAccessCheck]),
  ];
  // IAM writes `access-analyzer`; the id of the service has no hyphen.
  return facets.flatMap(({ grants }) =>
    Object.keys(grants).map((action) => (action.split(':')[0] ?? '').replace('-', '')),
  );
};

/** What the bundle of a domain's function has to hold: its services that have controls, by id, and their SDK clients; and the clients of other domains that it has no use for. */
export function contentOf(domain: Domain): {
  readonly services: readonly string[];
  readonly clients: string[];
  readonly strangers: readonly string[];
} {
  const own = controls.filter(({ resource }) => resource.service.domain === domain);
  const ids = new Set<string>(own.map(({ resource }) => resource.service.id));
  const asked = new Set(own.flatMap(askedBy));
  const clients = new Set([
    ...OWN_CLIENTS,
    ...services.filter(({ id }) => ids.has(id)).flatMap((one) => clientsOf(one)),
  ]);
  // What is asked may be an SDK that another service's resources use too.
  const usedOf = (service: Service) =>
    clientsOf(service, asked.has(service.id) ? undefined : Object.keys(service.sdks).filter((sdk) => asked.has(sdk)));
  const used = new Set([...clients, ...services.flatMap(usedOf)]);
  const strangers = services.filter(({ id }) => !ids.has(id) && !asked.has(id)).flatMap((one) => clientsOf(one));
  return { services: [...ids].sort(), clients: [...clients], strangers: strangers.filter((one) => !used.has(one)) };
}
