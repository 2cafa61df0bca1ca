import { serviceOf } from '../control.ts';
import type { UndoCall } from '../ledger/ledger.ts';
import type { Aws, ClientClass } from '../resource.ts';

interface Sdk {
  readonly [name: string]: unknown;
}

/** Where the clients of a service are; only these services are ever written to. */
const SDKS: Readonly<Record<string, () => Promise<Sdk>>> = {
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  config: () => import('@aws-sdk/client-config-service'),
  ec2: () => import('@aws-sdk/client-ec2'),
  s3: () => import('@aws-sdk/client-s3'),
  s3control: () => import('@aws-sdk/client-s3-control'),
};

/** Makes a call that the ledger holds as data; an answer that it is so already is as good. Throws the SDK's own error, or an Error where the service or operation is unknown. */
export async function makeCall(call: UndoCall, aws: Aws): Promise<object> {
  const sdk = await SDKS[call.service]?.();
  const client = Object.values(sdk ?? {}).find(
    (value): value is ClientClass<{ send(command: object): Promise<object> }> =>
      typeof value === 'function' && value.name.endsWith('Client') && serviceOf(value as never) === call.service,
  );
  const command = sdk?.[`${call.operation}Command`] as (new (input: object) => object) | undefined;
  if (client === undefined || command === undefined)
    throw new Error(`${call.service}:${call.operation} is not a call that Evenkeel makes`);
  try {
    return await aws(client, call.region).send(new command(call.input));
  } catch (error) {
    if (error instanceof Error && call.satisfiedBy?.includes(error.name)) return {};
    throw error;
  }
}
