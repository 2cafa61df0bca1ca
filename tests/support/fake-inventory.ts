import { type AnyControl, compliant, defineControl, nonCompliant } from '../../shared/control.ts';
import { type Aws, defineResource, type ResourceRef } from '../../shared/resource.ts';
import { defineService } from '../../shared/service.ts';
import { DAY_MS } from '../../shared/time.ts';
import { named } from './fake-resource.ts';

/** What a resource of the warehouse is like: its lid and its age come with the listing, its lock has to be read. */
export interface Crate {
  readonly open?: boolean;
  readonly unlocked?: boolean;
  /** When it was packed; milliseconds since 1970. */
  readonly packed?: number;
}

export const ACCOUNT = '111122223333';
export const HOME = 'eu-west-1';

/** Many resources of a few types, listed in pages, in a time that passes only when somebody waits or reads. */
export class Warehouse {
  readonly crates: Map<string, Crate>;
  readonly pageSize: number;
  /** How the listings end that are asked for: by type and token, `AWS::W::Crate 0`. Each is thrown once. */
  readonly errors = new Map<string, Error[]>();
  /** How reads of a resource end: by id. Each is thrown once. */
  readonly unreadable = new Map<string, Error[]>();
  /** Everything that was asked, `list AWS::W::Crate 0`, `read c-1`. */
  readonly log: string[] = [];
  readonly slept: number[] = [];
  /** Milliseconds that a read takes. */
  cost = 0;
  now = 1_000_000;

  constructor(crates: Readonly<Record<string, Crate>>, pageSize = 2) {
    this.crates = new Map(Object.entries(crates));
    this.pageSize = pageSize;
  }

  readonly aws = (): Aws => (() => ({ warehouse: this })) as unknown as Aws;

  readonly clock = {
    now: () => new Date(this.now),
    sleep: async (milliseconds: number) => {
      this.slept.push(milliseconds);
      this.now += milliseconds;
    },
  };

  async *list(type: string, prefix: string, from: string | undefined) {
    const ids = [...this.crates.keys()].filter((id) => id.startsWith(prefix));
    let start = Number(from ?? 0);
    do {
      this.log.push(`list ${type} ${start}`);
      this.#throw(this.errors, `${type} ${start}`);
      const page = ids.slice(start, start + this.pageSize);
      start += this.pageSize;
      const next = start < ids.length ? String(start) : null;
      const items = page.map((resourceId) => ({ resourceId, facets: { lid: this.#lid(resourceId) } }));
      yield { items, next };
    } while (start < ids.length);
  }

  async read(facet: 'lid' | 'lock', id: string) {
    this.log.push(`read ${id}`);
    this.now += this.cost;
    this.#throw(this.unreadable, id);
    const crate = this.crates.get(id);
    if (crate === undefined) throw named('NoSuchCrate');
    return facet === 'lid' ? this.#lid(id) : { on: crate.unlocked !== true };
  }

  #lid(id: string) {
    const { open = false, packed = 0 } = this.crates.get(id) ?? {};
    return { open, packed };
  }

  #throw(errors: ReadonlyMap<string, Error[]>, key: string): void {
    const error = errors.get(key)?.shift();
    if (error !== undefined) throw error;
  }
}

class WarehouseClient {
  declare readonly warehouse: Warehouse;
}
const within = (aws: Aws) => aws(WarehouseClient).warehouse;
const facet = <N extends 'lid' | 'lock'>(name: N) => ({
  grants: {},
  read: async (aws: Aws, { resourceId }: ResourceRef) =>
    (await within(aws).read(name, resourceId)) as N extends 'lid' ? { open: boolean; packed: number } : { on: boolean },
});

const warehouse = defineService({
  id: 'warehouse',
  domain: 'data',
  eventSources: ['warehouse.amazonaws.com'],
  sdks: {},
});

const resourceOf = (type: string, prefix: string, where: { readonly global?: true } = {}) =>
  defineResource({
    service: warehouse,
    type,
    ...where,
    triggers: [],
    gone: ['NoSuchCrate'],
    facets: { lid: facet('lid'), lock: facet('lock') },
    grants: {},
    arn: ({ resourceId }) => `arn:aws:warehouse:::${resourceId}`,
    consoleUrl: () => 'https://example.com',
    list: (aws, _account, from) => within(aws).list(type, prefix, from),
  });

export const crate = resourceOf('AWS::W::Crate', 'c-');
export const barrel = resourceOf('AWS::W::Barrel', 'b-');
export const account = resourceOf('AWS::::Account', ACCOUNT, { global: true });

const words = {
  title: '',
  severity: 'HIGH',
  securityControlIds: [],
  relatedRequirements: [],
  description: '',
  rationale: '',
  guidance: '',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: {},
  parameters: {},
} as const;

const closed = (id: string, resource: typeof crate): AnyControl =>
  defineControl({
    ...words,
    id,
    resource,
    needs: ['lid'],
    evaluate: ({ lid }) => (lid.open ? nonCompliant('open') : compliant('closed')),
  });

export const crateClosed = closed('crate-closed', crate);
export const accountClosed = closed('account-closed', account);
export const crateLocked: AnyControl = defineControl({
  ...words,
  id: 'crate-locked',
  resource: crate,
  needs: ['lid', 'lock'],
  evaluate: ({ lock }) => (lock.on ? compliant('locked') : nonCompliant('unlocked')),
});
/** What was packed more than a day ago is stale: nothing but time makes it so. */
export const crateFresh: AnyControl = defineControl({
  ...words,
  id: 'crate-fresh',
  resource: crate,
  needs: ['lid'],
  evaluate({ lid: { packed } }, { now }) {
    const days = Math.floor((now.getTime() - packed) / DAY_MS);
    return days < 1 ? compliant('fresh') : nonCompliant(`${days} days old`, 'too old');
  },
});

/** A barrel that is lost is drift; its lid is remembered. */
export const barrelKept: AnyControl = {
  ...closed('barrel-kept', barrel),
  lastKnown: ['lid'],
  whenDeleted: { evaluate: () => nonCompliant('lost'), plan: () => [] },
};
