import {
  type AnyControl,
  byHand,
  compliant,
  defineControl,
  nonCompliant,
  type Severity,
} from '../../shared/control.ts';
import type { Cause, Subject } from '../../shared/engine/context.ts';
import { type Aws, call, defineResource, type ResourceRef } from '../../shared/resource.ts';
import { defineService } from '../../shared/service.ts';
import { type Step, step, undoneBy } from '../../shared/step.ts';

/** The state of a box, the resource that these tests keep in order; null when there is none. */
export interface Box {
  readonly lid: { readonly open: boolean };
  readonly lock: { readonly on: boolean };
  readonly label: { readonly text: string };
}
export const GOOD: Box = { lid: { open: false }, lock: { on: true }, label: { text: 'tools' } };

export const named = (name: string, message = `${name} happened`) => Object.assign(new Error(message), { name });

/** A refusal as an SDK client throws it: the service has answered. */
export const refusedWith = (name: string, message?: string) =>
  Object.assign(named(name, message), { $metadata: { httpStatusCode: 403, attempts: 1 } });

/** One box in an account, and everything that was done to it, in order. */
export class World {
  box: Box | null;
  /** What reads show, where that is not (yet) the truth: one entry for each read of a facet, then the truth. */
  readonly stale: (Box | null)[] = [];
  /** Errors of reads by facet and of calls by operation. */
  readonly errors = new Map<string, Error>();
  /** Calls that are answered and change nothing. */
  readonly inert = new Set<string>();
  /** `read lid`, `call CloseLid`, `ledger write remediated`, `notified detected`, …: what happened, in order. */
  readonly log: string[] = [];
  readonly calls: { readonly operation: string; readonly input: object; readonly region: string }[] = [];
  lastKnown: () => Promise<Partial<Box> | null> = async () => null;
  /** Hears of each call that was made. */
  onCall: (operation: string) => void = () => {};

  constructor(box: Partial<Box> | null = {}) {
    this.box = box === null ? null : { ...GOOD, ...box };
  }

  aws(region: string): Aws {
    return ((_client: unknown, elsewhere = region) => ({
      world: this,
      send: async (command: { constructor: { name: string }; input: object }) =>
        this.#answer(command.constructor.name.replace(/Command$/, ''), command.input, elsewhere),
    })) as unknown as Aws;
  }

  async read(facet: keyof Box): Promise<unknown> {
    this.log.push(`read ${facet}`);
    const error = this.errors.get(facet);
    if (error !== undefined) throw error;
    const box = this.stale.length > 0 ? this.stale.shift() : this.box;
    if (box === null || box === undefined) throw named('NoSuchBox');
    return structuredClone(box[facet]);
  }

  #answer(operation: string, input: object, region: string): object {
    this.log.push(`call ${operation}`);
    const error = this.errors.get(operation);
    if (error !== undefined) throw error;
    this.calls.push({ operation, input, region });
    if (!this.inert.has(operation)) this.#change(operation, input);
    this.onCall(operation);
    return { $metadata: { requestId: `request-${this.calls.length}` }, was: 'something' };
  }

  #change(operation: string, input: object): void {
    if (operation === 'MakeBox') this.box = { ...GOOD, ...input };
    if (this.box === null) return;
    if (operation === 'CloseLid') this.box = { ...this.box, lid: { open: false } };
    if (operation === 'TurnKey') this.box = { ...this.box, lock: { on: true } };
  }
}

export class BoxClient {
  declare readonly world: World;
}
class Command {
  readonly input: object;
  constructor(input: object) {
    this.input = input;
  }
}
export class CloseLidCommand extends Command {}
export class OpenLidCommand extends Command {}
export class TurnKeyCommand extends Command {}
export class MakeBoxCommand extends Command {}

const facet = <N extends keyof Box>(name: N) => ({
  grants: {},
  read: async (aws: Aws): Promise<Box[N]> => (await aws(BoxClient).world.read(name)) as Box[N],
});

const boxes = defineService({ id: 'box', domain: 'data', eventSources: ['box.amazonaws.com'], sdks: {} });

export const box = defineResource({
  service: boxes,
  type: 'AWS::Box::Box',
  gone: ['NoSuchBox'],
  facets: { lid: facet('lid'), lock: facet('lock'), label: facet('label') },
  triggers: [
    call('box.amazonaws.com', 'OpenLid', {
      ids: ({ request }) => (request === null ? [] : [String(request.boxId)]),
      facets: ['lid'],
    }),
  ],
  grants: {},
  arn: ({ resourceId }) => `arn:aws:box:::${resourceId}`,
  consoleUrl: ({ resourceId }) => `https://example.com/${resourceId}`,
  async *list() {},
  lastKnown: { grants: {}, read: async (aws) => aws(BoxClient).world.lastKnown() },
});

const words = {
  title: 'A box',
  securityControlIds: [],
  relatedRequirements: [],
  description: 'A box.',
  rationale: 'Because.',
  guidance: 'Look.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: {},
  undoCalls: [undoneBy(BoxClient, OpenLidCommand, () => ({}), ['key'] as never[])],
  parameters: { depth: { type: 'integer', description: 'How deep.', default: 1 } },
} as const;

export const closeLid = (): Step =>
  step(
    BoxClient,
    CloseLidCommand,
    { force: true },
    {
      satisfiedBy: ['LidIsClosed'],
      elements: ['lid'],
      undo: () => [step(BoxClient, OpenLidCommand, {})],
    },
  );
const turnKey = (): Step => step(BoxClient, TurnKeyCommand, { turns: 2 }, { elements: ['lock'] });

export const lidClosed: AnyControl = defineControl({
  ...words,
  id: 'box-lid-closed',
  severity: 'CRITICAL',
  resource: box,
  needs: ['lid'],
  evaluate: ({ lid }) => (lid.open ? nonCompliant('The lid is open.') : compliant('The lid is closed.')),
  plan: () => [closeLid()],
});

/** Two steps: a lid that is open first, then the key. */
export const locked: AnyControl = defineControl({
  ...words,
  id: 'box-locked',
  severity: 'HIGH',
  resource: box,
  needs: ['lid', 'lock'],
  evaluate: ({ lid, lock }) => (lid.open || !lock.on ? nonCompliant('It is not locked.') : compliant('It is locked.')),
  plan: ({ lid }) => (lid.open ? [closeLid(), turnKey()] : [turnKey()]),
});

const turnKeyUndoably = (): Step =>
  step(
    BoxClient,
    TurnKeyCommand,
    { turns: 2 },
    { elements: ['lock'], undo: () => [step(BoxClient, OpenLidCommand, { key: true })] },
  );

/** A step for each of two elements that is wrong; both can be undone. */
export const shut: AnyControl = defineControl({
  ...words,
  id: 'box-shut',
  severity: 'HIGH',
  resource: box,
  needs: ['lid', 'lock'],
  evaluate: ({ lid, lock }) => (lid.open || !lock.on ? nonCompliant('It is not shut.') : compliant('It is shut.')),
  plan: ({ lid, lock }) => [...(lid.open ? [closeLid()] : []), ...(lock.on ? [] : [turnKeyUndoably()])],
});

/** A lid that is closed is enough for it, and its plan turns the key too: as a key whose deletion is cancelled has to be enabled. */
export const closed: AnyControl = defineControl({
  ...words,
  id: 'box-closed',
  severity: 'HIGH',
  resource: box,
  needs: ['lid', 'lock'],
  evaluate: ({ lid }) => (lid.open ? nonCompliant('It is open.') : compliant('It is closed.')),
  plan: () => [closeLid(), { ...turnKeyUndoably(), unseen: true }],
});

/** A person has to decide what to write. */
export const labelled: AnyControl = defineControl({
  ...words,
  id: 'box-labelled',
  severity: 'LOW',
  resource: box,
  needs: ['label'],
  evaluate: ({ label }) => (label.text === '' ? nonCompliant('There is no label.') : compliant('There is a label.')),
});

/** A box that is lost is made again from what was last known of it. */
export const kept: AnyControl = defineControl({
  ...words,
  id: 'box-kept',
  severity: 'MEDIUM',
  resource: box,
  needs: ['label', 'lock'],
  lastKnown: ['label', 'lock'],
  evaluate: ({ label }) => (label.text === 'rotten' ? nonCompliant('It is rotten.') : compliant('It is there.')),
  plan: () => [],
  whenDeleted: {
    evaluate: (lastKnown) => nonCompliant(`It was lost: ${lastKnown?.label?.text ?? 'nobody knows what was in it'}.`),
    plan: ({ label }) =>
      label === undefined
        ? byHand('nobody knows what was in it')
        : [
            step(BoxClient, MakeBoxCommand, { label }, { undo: () => [] }),
            step(BoxClient, TurnKeyCommand, {}, { undo: () => [] }),
          ],
  },
});

export const withSeverity = (control: AnyControl, id: string, severity: Severity): AnyControl => ({
  ...control,
  id,
  severity,
});

export const REF: ResourceRef = {
  resourceType: box.type,
  resourceId: 'box-1',
  accountId: '111122223333',
  region: 'eu-west-1',
};
export const subjectOf = (...controls: AnyControl[]): Subject => ({ resource: box, ref: REF, controls });

export const CAUSE: Cause = {
  eventId: 'e-1',
  eventName: 'OpenLid',
  eventTime: '2026-01-01T00:00:00Z',
  receivedAt: '2026-01-01T00:00:01.000Z',
  attribution: { actor: 'ann', sourceIp: null, userAgent: null, tool: 'console' },
};
