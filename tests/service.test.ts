import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ROOT } from '../scripts/catalogue.ts';
import { DOMAINS, type Service } from '../shared/service.ts';

const SERVICES = `${ROOT}shared/resources/`;
const services: readonly (readonly [folder: string, Service])[] = await Promise.all(
  readdirSync(SERVICES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const { default: service } = (await import(`${SERVICES}${name}/service.ts`)) as { readonly default: Service };
      return [name, service] as const;
    }),
);

test.each(services)('%s is the service of its folder, in a domain that has a function', (folder, { id, domain }) => {
  expect(id).toBe(folder);
  expect(DOMAINS).toContain(domain);
});

test.each(services)('the SDK modules of %s hold a client each', async (_folder, { sdks }) => {
  for (const load of Object.values(sdks))
    expect(Object.keys(await load()).filter((name) => name.endsWith('Client'))).not.toEqual([]);
});

test('no event source belongs to two services of a domain: its function would load both', () => {
  const sources = services.flatMap(([, { domain, eventSources }]) =>
    eventSources.map((source) => `${domain} ${source}`),
  );
  // A log group that is deleted is one that a trail may deliver to.
  // What AWS Backup does concerns DB instances and tables alike.
  const shared = ['databases aws.backup', 'databases backup.amazonaws.com', 'monitoring logs.amazonaws.com'];
  expect(sources.toSorted()).toEqual([...new Set(sources), ...shared].sort());
});
