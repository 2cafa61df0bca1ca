import { mkdirSync, writeFileSync } from 'node:fs';
import { ResourceType } from '@aws-sdk/client-config-service';
import { DOMAINS } from '../../shared/service.ts';

/** Services in each domain; with those that exist, about as many as AWS has of which there is a control. */
const SERVICES_PER_DOMAIN = 5;
/** The domain that a quarter of the controls is in. */
const FULLEST = 'infrastructure';

const TYPES = Object.values(ResourceType);
const number = (index: number) => `${index}`.padStart(3, '0');

const serviceSource = (id: string, domain: string) => `import { defineService } from '../../service.ts';

export default defineService({ id: '${id}', domain: '${domain}', eventSources: ['${id}.amazonaws.com'], sdks: {} });
`;

/** Names of 20 characters. */
const eventNames = (index: number) =>
  ['Create', 'Modify', 'Remove'].map((verb) => `${verb}ThingOfKind${number(index)}`);
const actions = (service: string, index: number) =>
  ['Create', 'Modify', 'Remove', 'Attach'].map((verb) => `${service}:${verb}ThingOfKind${number(index)}`);

const resourceSource = (
  service: string,
  index: number,
  reads: boolean,
) => `import { call, defineResource, onEverything } from '../../resource.ts';
import service from './service.ts';

export const thing${number(index)} = defineResource({
  service,
  type: '${TYPES[index]}',
  triggers: [call('${service}.amazonaws.com', ${JSON.stringify(eventNames(index))}, { ids: () => [], facets: ['state'] })],
  gone: [],
  facets: { state: { grants: onEverything(${reads ? `'${service}:DescribeThingOfKind${number(index)}'` : ''}), read: async () => 'on' } },
  grants: {},
  arn: ({ resourceId }) => resourceId,
  consoleUrl: () => 'https://example.com/',
  async *list() {},
});
`;

const controlSource = (
  service: string,
  index: number,
  id: string,
) => `import { compliant, defineControl } from '../../control.ts';
import { onResources } from '../../resource.ts';
import { undoneBy } from '../../step.ts';
import { thing${number(index)} } from '../../resources/${service}/thing-${number(index)}.ts';

const things = 'arn:\${AWS::Partition}:${service}:*:\${AWS::AccountId}:thing-of-kind-${number(index)}/*';

export default defineControl({
  id: '${id}',
  title: 'A thing of kind ${number(index)} must be switched on, wherever it is and whoever has made it',
  severity: 'HIGH',
  resource: thing${number(index)},
  needs: ['state'],
  securityControlIds: [],
  relatedRequirements: [],
  description: 'It is on.',
  rationale: 'It has to be.',
  guidance: 'Switch it on.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: onResources(things, ...${JSON.stringify(actions(service, index))}),
  undoCalls: [
    undoneBy(class ThingClient {}, class ReopenThingCommand {}, () => ({}), [], {
      permissions: onResources(things, '${service}:ReopenThingOfKind${number(index)}'),
    }),
  ],
  parameters: {},
  evaluate: () => compliant('It is on.'),
  plan: () => [],
});
`;

/** Adds controls to a tree, of services and resources of their own in every domain, a quarter of them in one: each with three event names of 20 characters, a type that AWS Config knows, four actions on an ARN of its own and one to undo them. `reads`: whether they need a permission to be read; the local account takes no policy with actions that IAM does not know. */
export function addStandIns(tree: string, count: number, { reads = true } = {}): void {
  const others = DOMAINS.filter((domain) => domain !== FULLEST);
  const write = (file: string, content: string) => writeFileSync(`${tree}shared/${file}`, content);
  for (const domain of DOMAINS)
    for (let n = 0; n < SERVICES_PER_DOMAIN; n += 1) {
      const service = serviceId(domain, n);
      for (const folder of ['resources', 'controls'])
        mkdirSync(`${tree}shared/${folder}/${service}`, { recursive: true });
      write(`resources/${service}/service.ts`, serviceSource(service, domain));
    }
  const made = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const domain = index % 4 === 0 ? FULLEST : (others[index % others.length] ?? FULLEST);
    const before = made.get(domain) ?? 0;
    made.set(domain, before + 1);
    const service = serviceId(domain, before % SERVICES_PER_DOMAIN);
    const id = `${service}-thing-of-kind-${number(index)}-switched-on`;
    write(`resources/${service}/thing-${number(index)}.ts`, resourceSource(service, index, reads));
    write(`controls/${service}/${id}.ts`, controlSource(service, index, id));
  }
}

const serviceId = (domain: string, n: number) => `${domain}${n}`;
