import type { Drift, Scene, Snapshot } from '../../../scenes/scene.ts';
import { controls } from '../../../shared/controls/index.ts';
import type { ResourceState } from '../../../shared/ledger/ledger.ts';
import type { ResourceRef } from '../../../shared/resource.ts';
import type { Result } from '../../../shared/result.ts';
import type { StormEngine } from './engine.ts';

const UNASKED = controls.filter(({ recommendedMode }) => recommendedMode !== 'detect').map(({ id }) => id);

/** A drift that has happened, and what its resource was before. */
export class StagedDrift {
  readonly scene: Scene;
  readonly #drift: Drift;
  #compliant: unknown = null;
  #drifted: unknown = null;
  #beside: Snapshot = {};
  /** By which CloudTrail reports it. */
  event: object = {};
  ref: ResourceRef = { resourceType: '', resourceId: '', accountId: '', region: '' };

  constructor(scene: Scene, drift: Drift) {
    this.scene = scene;
    this.#drift = drift;
  }

  /** Lets it happen, as fair weather has it. Throws where nothing is seen of it. */
  async happen(calm: StormEngine): Promise<void> {
    const { earlier = [], happen, state, neighbours } = this.#drift;
    for (const event of earlier) await calm.receive(event, calm.engine('remediate'), this.only);
    if (this.isWhole) this.#compliant = await state();
    this.#beside = await neighbours();
    this.event = (await happen()).event;
    this.#drifted = await state();
    const results = await calm.receive(this.event, calm.engine('remediate', 'detect'), this.only);
    const found = results.find(({ before, controlId }) => before === 'NON_COMPLIANT' && this.isExpected(controlId));
    if (found === undefined) throw new Error(`the drift is not seen: ${this.scene.title}: ${textOf(results)}`);
    const { resourceType, resourceId, accountId, region } = found as ResourceRef;
    this.ref = { resourceType, resourceId, accountId, region };
  }

  /** True where a remediation leaves everything as it was before the drift. */
  get isWhole(): boolean {
    return this.scene.leaves === undefined;
  }

  /** The controls that are enabled: the scene's, beside those that remediate by themselves. What others are opted in for, this scene may rightly have. */
  get only(): readonly string[] {
    return this.scene.alone === true ? this.controls : [...UNASKED, ...this.controls];
  }

  get controls(): readonly string[] {
    return Object.keys(this.scene.expects);
  }

  isExpected(controlId: string | null): boolean {
    return this.controls.includes(controlId ?? '');
  }

  /** The results that are about this drift. */
  own(results: readonly Result[]): readonly Result[] {
    return results.filter(
      ({ controlId, resourceId }) => this.isExpected(controlId) && resourceId === this.ref.resourceId,
    );
  }

  /** The findings that the remediation should have closed: what controls find that are not about this drift stays. */
  left(findings: ResourceState['findings']): ResourceState['findings'] {
    return Object.fromEntries(Object.entries(findings).filter(([id]) => this.isExpected(id)));
  }

  state(): Promise<unknown> {
    return this.#drift.state();
  }

  async isDrifted(): Promise<boolean> {
    return isSame(await this.state(), this.#drifted);
  }

  /** What is not as it should be after a remediation, in words; null where all is. */
  async remainder(): Promise<string | null> {
    const state = await this.state();
    if (isSame(state, this.#drifted)) return 'the drift is left open';
    if (!this.isWhole || isSame(state, this.#compliant)) return null;
    return `not as it was before the drift: ${JSON.stringify(state)}`;
  }

  /** In what the state differs from the drift that an undo was to bring back; null where it does not. */
  async inexactness(): Promise<string | null> {
    const state = await this.state();
    if (isSame(state, this.#drifted)) return null;
    return `the undo is not exact: ${JSON.stringify(state)} is not ${JSON.stringify(this.#drifted)}`;
  }

  /** The neighbours where they are not as they were; else null. */
  async hurt(): Promise<string | null> {
    const beside = await this.#drift.neighbours();
    return isSame(beside, this.#beside) ? null : `a neighbour is hurt: ${JSON.stringify(beside)}`;
  }
}

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Results for people. */
export const textOf = (results: readonly Result[]): string =>
  JSON.stringify(results.map(({ controlId, outcome, annotation, error }) => [controlId, outcome, annotation, error]));
