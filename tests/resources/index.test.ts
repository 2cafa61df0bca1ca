import { describe, expect, test } from '@jest/globals';
import { loadCatalogue, loadServices } from '../../scripts/catalogue.ts';
import { barrelOfServices } from '../../scripts/generate/barrels.ts';
import type { Trigger } from '../../shared/resource.ts';
import { services } from '../../shared/resources/index.ts';
import { serviceOf } from '../../shared/step.ts';

const controls = [...(await loadCatalogue()).values()].flat();

test('the barrel holds every service, and is what is generated', async () => {
  expect(services).toEqual(await loadServices());
  expect(barrelOfServices(['ec2', 'network-firewall'])).toContain(
    "import networkFirewall from './network-firewall/service.ts';\n",
  );
});

describe.each(services.map((service) => [service.id, service] as const))('%s', (id, service) => {
  const own = new Set(controls.map(({ resource }) => resource).filter((resource) => resource.service.id === id));

  test('is the service of its resources, not a copy', () => {
    for (const resource of own) expect(resource.service).toBe(service);
  });

  // A service of which other services' plans read something has no control of its own, and no event.
  const testOfControlled = own.size > 0 ? test : test.skip;
  testOfControlled('names the event sources of its triggers, and no others', () => {
    const triggers: Trigger[] = [...own].flatMap(({ triggers }) => triggers);
    const sources = triggers.flatMap((trigger) => (trigger.kind === 'call' ? trigger.eventSources : [trigger.source]));
    expect([...new Set(sources)].sort()).toEqual([...service.eventSources].sort());
  });

  test('names its SDKs as calls do', async () => {
    for (const [name, load] of Object.entries(service.sdks)) {
      const clients = Object.values(await load()).filter(
        (value) => typeof value === 'function' && value.name.endsWith('Client') && value.name !== '__Client',
      );
      expect(clients.map(serviceOf)).toContain(name);
    }
  });
});

test('no two services lay claim to one SDK', () => {
  const names = services.flatMap(({ sdks }) => Object.keys(sdks));
  expect(new Set(names).size).toBe(names.length);
});
