import { awsClients } from '../../shared/aws/clients.ts';
import type { Aws, ClientClass } from '../../shared/resource.ts';
import { serviceOf } from '../../shared/step.ts';

/** One call of the SDK, as it was asked for. */
export interface SeenCall {
  /** The service's short name, `s3control`. */
  readonly service: string;
  /** `GetBucketPolicy`. */
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has an input of its own
  readonly input: any;
  readonly region: string;
}

interface Stack {
  add(middleware: (next: Next, context: { commandName: string }) => Next, options: object): void;
}
type Next = (args: { input: object }) => Promise<unknown>;

/** The SDK's clients, with every call kept: also those that a paginator or the document client makes, and those that fail. */
export function recordedClients(): { readonly aws: (region: string) => Aws; readonly calls: SeenCall[] } {
  const calls: SeenCall[] = [];
  const clients = awsClients();
  const watched = new Set<unknown>();
  const aws =
    (home: string) =>
    <C>(type: ClientClass<C>, region = home): C => {
      const client = clients(region)(type);
      if (!watched.has(client)) {
        watched.add(client);
        const see =
          (next: Next, { commandName }: { commandName: string }) =>
          (args: { input: object }) => {
            const operation = commandName.replace(/Command$/, '');
            calls.push({ service: serviceOf(type as ClientClass<object>), operation, input: args.input, region });
            return next(args);
          };
        (client as { middlewareStack: Stack }).middlewareStack.add(see, { step: 'initialize', name: 'see' });
      }
      return client;
    };
  return { aws, calls };
}
