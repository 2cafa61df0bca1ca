import { isThrottled } from '../../aws/throttling.ts';
import type { AnyControl, AnyResource } from '../../control.ts';
import type { SweepScope } from '../../ledger/sweep-lock.ts';
import { type Backoff, type Deadline, retry } from '../../retry.ts';
import type { Engine, Subject } from '../context.ts';
import { byResource } from '../intake/route.ts';

/** A resource type that is swept, and its controls. */
export interface InventoryType {
  readonly resource: AnyResource;
  /** The selected ones that are enabled anywhere. */
  readonly controls: readonly AnyControl[];
  /** All controls of the type. */
  readonly siblings: readonly AnyControl[];
}

/** A page of a listing. */
export interface InventoryPage {
  readonly subjects: readonly Subject[];
  /** The cursor of the next page; null after the last. */
  readonly next: string | null;
}

/** How a pass retries: back-off and deadline. */
export interface Pace {
  readonly deadline: Deadline;
  readonly backoff: Backoff;
}

/** Which types are swept. */
export interface Selection {
  readonly controls: readonly AnyControl[];
  /** All controls, where `controls` are a selection of them. */
  readonly catalogue?: readonly AnyControl[];
  /** The region in which global resources are swept. */
  readonly home: string;
}

/** The types of a service that are swept in a region, by name: those with a control that is enabled anywhere; global ones in the home region only. */
export function inventoryTypes(
  { service, region }: SweepScope,
  { controls, catalogue = controls, home }: Selection,
  { policy }: Pick<Engine, 'policy'>,
): ReadonlyMap<string, InventoryType> {
  const isSwept = ({ resource }: AnyControl) =>
    resource.service.id === service && (resource.global !== true || region === home);
  const on = controls.filter((control) => isSwept(control) && policy.reachAnywhere(control) !== 'off');
  const all = byResource(catalogue);
  return new Map(
    [...byResource(on)].map(([resource, own]) => [
      resource.type,
      { resource, controls: own, siblings: all.get(resource) ?? own },
    ]),
  );
}

/** How services name the error for a page token that is expired or invalid. */
const BAD_TOKEN = /Token|^Invalid(Argument|Parameter)|^Validation/;

/** All resources of a type in a region, page by page from a cursor on; from the first page where the cursor is no longer valid. Retries with back-off where AWS throttles. Throws DeadlineExceededError, or the SDK's own error. */
export async function* subjects(
  { resource, controls, siblings }: InventoryType,
  { accountId, region }: Pick<SweepScope, 'accountId' | 'region'>,
  engine: Pick<Engine, 'aws' | 'clock'>,
  pace: Pace,
  from: string | null,
): AsyncGenerator<InventoryPage> {
  const listedFrom = (token: string | null) =>
    resource.list(engine.aws(region), { accountId, region }, token ?? undefined)[Symbol.asyncIterator]();
  let token = from;
  let pages = listedFrom(token);
  let hasRestarted = false;
  const nextPage = async () => {
    try {
      return await pages.next();
    } catch (error) {
      if (token !== null && !hasRestarted && error instanceof Error && BAD_TOKEN.test(error.name)) {
        token = null;
        hasRestarted = true;
        pages = listedFrom(token);
        return pages.next();
      }
      pages = listedFrom(token);
      throw error;
    }
  };
  for (;;) {
    const { done, value } = await retry(nextPage, { ...pace, clock: engine.clock, when: isThrottled });
    if (done) return;
    token = value.next;
    yield {
      subjects: value.items.map(({ resourceId, region: own = region, facets = {} }) => ({
        resource,
        ref: { resourceType: resource.type, resourceId, accountId, region: own },
        controls,
        siblings,
        known: facets,
      })),
      next: token,
    };
    if (token === null) return;
  }
}
