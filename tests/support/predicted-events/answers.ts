import { Members, operationOf } from '../../../scripts/scaffold/sample-event.ts';
import type { Aws } from '../../../shared/resource.ts';
import { pruned, shownOf } from './envelopes.ts';
import type { Subject } from './service-events.ts';

/** The name by which our services know the SDK of a client: `ec2` of `EC2Client`. */
const sdkOf = ({ name }: { readonly name: string }): string => name.replace(/Client$/, '').toLowerCase();

/** Clients that answer every question with all that the SDK's model lets the answer hold, filled in from the account: in each list stands the one that there is. */
export const answering = (subject: Subject): Aws =>
  ((client: { readonly name: string; readonly prototype: object }) =>
    Object.assign(Object.create(client.prototype), {
      async send(command: object) {
        const { output } = operationOf(command.constructor as never);
        const members = new Members(shownOf(sdkOf(client), subject, 1), { list: (values) => values });
        return pruned(members.of(output, (name) => name));
      },
    })) as unknown as Aws;
