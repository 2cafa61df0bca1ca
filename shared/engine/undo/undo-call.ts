import { successful } from '../../aws/answer.ts';
import type { AnyControl } from '../../control.ts';
import type { Remediation, UndoCall } from '../../ledger/records.ts';
import type { Aws, ClientClass } from '../../resource.ts';
import { declarationOf } from '../../step.ts';

type Sender = ClientClass<{ send(command: object): Promise<object> }>;

/** Sends an undo call stored in the ledger; an error named in `satisfiedBy` counts as success. Throws the SDK's error, or an Error where none of the controls declares the call on this resource: no other is ever made from the ledger. */
export async function sendUndoCallOf(
  controls: readonly AnyControl[],
  call: UndoCall,
  ref: Remediation['ref'],
  aws: Aws,
): Promise<object> {
  const declared = controls.flatMap(({ undoCalls = [] }) => undoCalls);
  const found = declarationOf(call, ref, declared);
  if (found === null) throw new Error(`${call.service}:${call.operation} is not a call that Evenkeel can make`);
  const { client, command } = found as unknown as {
    readonly client: Sender;
    readonly command: new (input: object) => object;
  };
  try {
    return successful(await aws(client, call.region).send(new command(call.input)));
  } catch (error) {
    if (error instanceof Error && call.satisfiedBy?.includes(error.name)) return {};
    throw error;
  }
}
