import type { ClientClass, Grants, ResourceRef } from '../resource.ts';
import { step, undoneBy } from '../step.ts';

/** A list of whom a resource is shared with, from which a call removes everybody; the same call adds everybody again. */
interface SharedList<I> {
  readonly permissions: Grants;
  /** What a step changes: everybody's place in the list. */
  readonly element: string;
  readonly remove: (ref: ResourceRef) => I;
  readonly add: (ref: ResourceRef) => I;
}

/** The behaviour of controls that keep a resource from being shared with everybody: a control spreads it. Whom else it is shared with stays. */
export const unsharedWithEverybody = <I extends object>(
  client: ClientClass<object>,
  command: new (input: I) => object,
  { permissions, element, remove, add }: SharedList<NoInfer<I>>,
) => {
  const options = { permissions, elements: [element] };
  return {
    permissions,
    undoCalls: [undoneBy(client, command, add)],
    parameters: {},
    plan: ({ ref }: { readonly ref: ResourceRef }) => [
      step(client, command, remove(ref), { ...options, undo: () => [step(client, command, add(ref), options)] }),
    ],
  };
};
