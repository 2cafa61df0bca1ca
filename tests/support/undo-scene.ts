import type { AnyControl } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { messageOf } from '../../shared/engine/errors.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { type CallMaker, undo } from '../../shared/engine/undo/undo.ts';
import { FREE, type Lease } from '../../shared/ledger/lease.ts';
import { type Ledger, type ResourceState, resourceKey, type Update, withLease } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import type { Remediation, UndoCall } from '../../shared/ledger/records.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { type TestEngine, testEngine } from './engine.ts';
import { type Box, CAUSE, named, REF, shut, subjectOf, World } from './fake-resource.ts';
import { change } from './ledger-fixtures.ts';

const KEY = resourceKey('box', REF);
export const OPEN: Partial<Box> = { lid: { open: true }, lock: { on: false } };
const REQUEST = { by: 'ann', reason: 'it was right', expires: '2999-01-01', dryRun: false };

/** A box that is wrong, the engine that remediates it, and the undo of that; time stands still but for sleeps and `now`. */
export class UndoScene {
  readonly world = new World(OPEN);
  now = Date.parse('2026-11-02T10:00:00Z');
  engine: TestEngine = this.newEngine();
  /** Calls of the undo, by what they do to the box. */
  made: UndoCall[] = [];
  refuse: (call: UndoCall) => Error | null = () => null;

  /** An engine whose ledger is empty. */
  newEngine(): TestEngine {
    return testEngine((region) => this.world.aws(region), 'remediate', {
      ledger: ledgerIn(memoryStore(), () => this.now),
      clock: {
        now: () => new Date(this.now),
        sleep: async (milliseconds) => {
          this.now += milliseconds;
        },
      },
    });
  }

  readonly call: CallMaker = async (one) => {
    const error = this.refuse(one);
    if (error !== null) throw error;
    this.made.push(one);
    const { box } = this.world;
    if (box === null) throw named('NoSuchBox');
    this.world.box = 'key' in one.input ? { ...box, lock: { on: false } } : { ...box, lid: { open: true } };
    return { $metadata: { requestId: `undo-${this.made.length}` } };
  };

  reconcile(...controls: readonly AnyControl[]) {
    return reconcile(subjectOf(...controls), CAUSE, this.engine);
  }

  /** The id of the remediation. */
  async remediated(control: AnyControl = shut): Promise<string> {
    return (await this.reconcile(control))[0]?.remediationId ?? '';
  }

  undone(id: string, { engine = this.engine, controls = [shut], dryRun = false, call = this.call }: UndoOptions = {}) {
    return undo({ ...REQUEST, id, dryRun }, engine, controls, call);
  }

  async recordOf(id: string): Promise<Remediation> {
    return (await this.engine.ledger.remediation(id)) as Remediation;
  }

  async undosOf(id: string): Promise<readonly Remediation[]> {
    return (await Array.fromAsync(this.engine.ledger.remediations())).filter(({ undoes }) => undoes === id);
  }

  async state(): Promise<ResourceState> {
    return (await this.engine.ledger.load(KEY)).state;
  }

  /** Puts another run's lease on the resource. */
  async held(lease: Partial<Lease>): Promise<void> {
    await change(this.engine.ledger, KEY, withLease(await this.state(), { ...FREE, ...lease }, this.now));
  }

  /** An engine whose ledger does not write what `isBroken` says. */
  without(isBroken: (update: Update<unknown>) => boolean, error = named('LedgerDown')): Engine {
    const { ledger } = this.engine;
    const update: Ledger['update'] = (session, decide) =>
      ledger.update(session, (state, shared) => {
        const decided = decide(state, shared);
        if (isBroken(decided)) throw error;
        return decided;
      });
    return { ...this.engine, ledger: { ...ledger, update } };
  }
}

interface UndoOptions {
  readonly engine?: Engine;
  readonly controls?: readonly AnyControl[];
  readonly dryRun?: boolean;
  readonly call?: CallMaker;
}

/** What a promise fails with, as people read it. */
export const says = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'nothing', messageOf);

/** The write with which a record of calls that were made ends. */
export const isEnd = ({ records = [] }: Update<unknown>): boolean =>
  records.some(({ status, kind, undoes }) => status !== 'applying' && (kind === 'undo' || undoes === null));
