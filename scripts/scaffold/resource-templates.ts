import type { IdPath } from './id-path.ts';

/** A call that can change the resource, and where its record seems to name it. */
export interface Call {
  readonly name: string;
  readonly id: IdPath | null;
}

/** What the templates know of the resource type. */
export interface Draft {
  readonly service: string;
  /** The file's name: `vpc-endpoint`. */
  readonly resource: string;
  /** `EC2`, as in the client's name. */
  readonly namespace: string;
  /** The name of the export. */
  readonly name: string;
  readonly type: string;
  readonly eventSource: string;
  readonly calls: readonly Call[];
}

const literal = (names: readonly string[]) =>
  names.length === 1 ? `'${names[0]}'` : `[${names.map((name) => `'${name}'`).join(', ')}]`;

/** One trigger for all calls whose records name the resource at one path. */
function triggers({ calls, eventSource }: Draft): string {
  const byId = Map.groupBy(calls, ({ id }) =>
    id === null
      ? 'find: async (): Promise<string[]> => notWritten()'
      : `ids: ({ ${id.side} }) => strings(${id.side}, '${id.path}')`,
  );
  return [...byId]
    .map(([ids, own]) => {
      const names = literal(own.map(({ name }) => name));
      return `    call('${eventSource}', ${names}, { ${ids}, facets: ['settings'] }),`;
    })
    .join('\n');
}

/** A resource type that compiles: what it reads and lists throws until it is written, and its ids are guesses. */
export const resourceSource = (draft: Draft): string => {
  const { service, resource, namespace, name, type, calls } = draft;
  const readsIds = calls.some(({ id }) => id !== null);
  const binding = service.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `\
import { consoleUrl } from '../../aws/console-url.ts';
${readsIds ? "import { strings } from '../../event.ts';\n" : ''}\
import { call, defineResource, onEverything, partitionOf } from '../../resource.ts';
import ${binding} from './service.ts';

const notWritten = (): never => {
  throw new Error('${service}/${resource} is not written yet');
};

// Helpers, where you look for them:
//   ids     \`strings\` and \`field\` (shared/event.ts) read a record whatever its capitals and lists; \`find\` looks ids up live
//   reads   \`carried\` (shared/aws/answer.ts) refuses an answer without its member; \`sole\` (shared/aws/ec2/describe.ts) and
//           \`Gone\` (shared/resource.ts) say that there is no such resource; \`orNull\` turns "not configured" into null,
//           \`orUnreadable\` a part that cannot be read into a value
//   grants  \`onResources\` where IAM can narrow the action to an ARN, else \`onEverything\` (shared/resource.ts)
//   pages   \`pagesOf\` around the SDK's paginator, \`onePage\` where there is none (shared/aws/pages.ts)
//   owner   \`ec2Ownership\` (shared/aws/ec2/tags.ts), \`serviceOfTags\` (shared/aws/service-managed.ts), as \`ownership\`
//   names   \`parseArn\` (shared/aws/arn.ts); \`identify\` and \`configIdOf\` where AWS Config uses another id (rds/instance.ts)

/** A ${resource} by its id. */
export const ${name} = defineResource({
  service: ${binding},
  type: '${type}',
  triggers: [
${triggers(draft)}
  ],
  // Names of the errors of ${namespace} that mean: there is no such ${resource}.
  gone: [],
  facets: {
    settings: {
      grants: {},
      read: async (): Promise<{ readonly secure: boolean }> => notWritten(),
    },
  },
  // What \`list\` calls.
  grants: onEverything(),
  arn: ({ resourceId, region, accountId }) =>
    \`arn:\${partitionOf(region)}:${service}:\${region}:\${accountId}:${resource}/\${resourceId}\`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, \`${service}/home#${resource}:\${resourceId}\`),
  list: () => notWritten(),
});
`;
};

/** A test that fails until the ids are those of the samples and the reads are written. */
export const resourceTest = ({ service, resource, name, calls }: Draft): string => `\
import { ${name} } from '../../../shared/resources/${service}/${resource}.ts';
import { testResource } from '../../support/test-resource.ts';

testResource(${name}, {
  // What a person reads out of each sample; \`lookups\` for calls whose record names only something near.
  events: {
${calls.map((call) => `    '${service}/${call.name}': ['the id that stands in the sample'],`).join('\n')}
  },
});

// On the local account, where moto knows the service: \`expectDeclaredReads\` and \`expectListedAsRead\` of
// tests/support/test-resource.ts hold that the grants are those of the calls, and that a listing gives what a read gives.
`;
