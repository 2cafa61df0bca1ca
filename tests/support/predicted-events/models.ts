import { loadServices } from '../../../scripts/catalogue.ts';
import type { Operation } from '../../../scripts/scaffold/record-style.ts';
import { type CommandClass, operationOf } from '../../../scripts/scaffold/sample-event.ts';
import { renamedOperation, sdksOf } from './world.ts';

/** The date that Lambda's older operations carry in their event names: `AddPermission20150331v2`. */
const VERSION = /\d{8}(v\d+)?$/;

const loadOf = new Map([
  ...(await loadServices()).flatMap(({ sdks }) => Object.entries(sdks)),
  // What resources of several services are backed up by.
  ['backup', () => import('@aws-sdk/client-backup')] as const,
]);
const modules = new Map<string, Promise<object>>();
const moduleOf = (sdk: string): Promise<object> => {
  const known = modules.get(sdk) ?? loadOf.get(sdk)?.() ?? Promise.resolve({});
  modules.set(sdk, known);
  return known;
};

/** An operation, and the SDK that has it. */
export interface Modelled {
  readonly sdk: string;
  readonly operation: Operation;
}

/** The operations that an event can be the record of: of two APIs that share a source, both may have one of the name. */
export async function operationsOf(eventSource: string, eventName: string): Promise<readonly Modelled[]> {
  const found: Modelled[] = [];
  for (const sdk of sdksOf(eventSource)) {
    const name = renamedOperation(sdk, eventName) ?? eventName.replace(VERSION, '');
    const command = ((await moduleOf(sdk)) as Readonly<Record<string, CommandClass>>)[`${name}Command`];
    if (command !== undefined) found.push({ sdk, operation: operationOf(command) });
  }
  return found;
}
