import { services as applications } from '../../functions/applications/services.ts';
import { services as data } from '../../functions/data/services.ts';
import { services as databases } from '../../functions/databases/services.ts';
import { services as identity } from '../../functions/identity/services.ts';
import { services as infrastructure } from '../../functions/infrastructure/services.ts';
import { services as monitoring } from '../../functions/monitoring/services.ts';
import type { ServiceEntry } from '../../shared/lambda/service-table.ts';

/** The services of all functions, as these know them. */
const allServices: readonly ServiceEntry[] = [
  ...applications,
  ...data,
  ...databases,
  ...identity,
  ...infrastructure,
  ...monitoring,
];

/** Some of them. */
export const servicesNamed = (...ids: readonly string[]): readonly ServiceEntry[] =>
  allServices.filter(({ id }) => ids.includes(id));
