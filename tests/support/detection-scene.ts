import type { AnyControl } from '../../shared/control.ts';
import detection from '../../shared/detections/iam-root-user-unused.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { leftovers } from '../../shared/engine/sweep/leftovers.ts';
import { recheck } from '../../shared/internal-events.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { ResourceRef } from '../../shared/resource.ts';
import type { Result } from '../../shared/result.ts';
import { countingStore } from './counting-store.ts';
import { type TestEngine, testEngine } from './engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from './samples.ts';

const HOME = 'eu-central-1';
export const REF: ResourceRef = {
  resourceType: 'AWS::::Account',
  resourceId: SAMPLE_ACCOUNT,
  accountId: SAMPLE_ACCOUNT,
  region: HOME,
};
const KEY = resourceKey('iam', REF);
const nobody = () => {
  throw new Error('a detection asks nobody');
};

/** The same deed of another day: another event. */
export const another = (id: string, name = 'detections/RootCall') => {
  const event = sampleEvent(name) as { id: string; detail: { eventID: string } };
  return { ...event, id: `envelope-${id}`, detail: { ...event.detail, eventID: id } };
};

/** An account whose root user acts, and an engine that sees it; its ledger counts the calls of its store. */
export class DetectionScene {
  now = Date.parse('2026-11-02T09:30:00Z');
  /** The topic does not answer. */
  isDown = false;
  readonly #store = countingStore(memoryStore());
  readonly calls = this.#store.calls;
  readonly engine = this.#newEngine();

  #newEngine(): TestEngine {
    const engine = testEngine(nobody, 'remediate', {
      ledger: ledgerIn(this.#store.store, () => this.now),
      clock: { now: () => new Date(this.now), sleep: async () => {} },
      policy: policyFrom(null),
    });
    const { notify } = engine.notifier;
    Object.assign(engine.notifier, {
      notify: (...given: Parameters<typeof notify>) =>
        this.isDown ? Promise.reject(new Error('no topic')) : notify(...given),
    });
    return engine;
  }

  async see(event: unknown): Promise<readonly Result[]> {
    const controls: readonly AnyControl[] = [];
    const fallback = { accountId: SAMPLE_ACCOUNT, region: HOME };
    const given = { controls, detections: [detection], fallback, home: HOME };
    return (await Array.fromAsync(receive(event, this.engine, given))).flat();
  }

  async state() {
    return (await this.engine.ledger.load(KEY)).state;
  }

  /** A recheck comes of the resource. */
  review(service = 'iam', ref: ResourceRef = REF): Promise<readonly Result[]> {
    const { detail, detailType } = recheck(service, ref);
    return this.see({ source: 'evenkeel', 'detail-type': detailType, detail });
  }

  /** What the schedule does: it looks at what is left to do. */
  async schedule(): Promise<void> {
    for (const { service, ref } of await leftovers(this.engine)) await this.review(service, ref);
  }

  withPolicy(document: PolicyDocument): void {
    Object.assign(this.engine, { policy: policyFrom(document) });
  }
}
