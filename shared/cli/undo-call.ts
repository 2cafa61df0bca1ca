import { successful } from '../aws/answer.ts';
import type { UndoCall } from '../ledger/records.ts';
import type { Aws, ClientClass } from '../resource.ts';
import { services } from '../resources/index.ts';
import { serviceOf } from '../step.ts';

/** The SDK modules of all services by the short name in a call; no other service is ever written to. */
const sdks = new Map(services.flatMap((service) => Object.entries(service.sdks)));

/** Sends an undo call stored in the ledger; an error named in `satisfiedBy` counts as success. Throws the SDK's error, or an Error where the service or operation is unknown. */
export async function sendUndoCall(call: UndoCall, aws: Aws): Promise<object> {
  const sdk = new Map(Object.entries((await sdks.get(call.service)?.()) ?? {}));
  const client = [...sdk.values()].find(
    (value): value is ClientClass<{ send(command: object): Promise<object> }> =>
      typeof value === 'function' && value.name.endsWith('Client') && serviceOf(value) === call.service,
  );
  const command: (new (input: object) => object) | undefined = sdk.get(`${call.operation}Command`);
  if (client === undefined || command === undefined)
    throw new Error(`${call.service}:${call.operation} is not a call that Evenkeel can make`);
  try {
    return successful(await aws(client, call.region).send(new command(call.input)));
  } catch (error) {
    if (error instanceof Error && call.satisfiedBy?.includes(error.name)) return {};
    throw error;
  }
}
