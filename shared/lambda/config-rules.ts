import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Evaluation as ConfigEvaluation } from '@aws-sdk/client-config-service';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { atMost } from '../at-most.ts';
import { type AnyControl, type AnyResource, type Evaluation, notApplicable } from '../control.ts';
import type { Engine, Subject } from '../engine/context.ts';
import { messageOf, ReconcileFailedError } from '../engine/errors.ts';
import { type Verdicts, verdictsOf } from '../engine/reconcile/evaluate-only.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { everyListed, type Listed } from '../resource.ts';
import { engineFromEnvironment } from './environment.ts';
import { EVALUATIONS_BATCH, putEvaluations } from './put-evaluations.ts';
import { type ConfigItem, type RuleInvocation, ruleInvocation } from './rule-invocation.ts';

/** So many resources are read at once. */
const AT_ONCE = 10;

/** So many failures are named in the error; the log has them all. */
const NAMED = 20;

/** The Lambda handler of custom AWS Config rules, each of which stands for the control that its parameter `controlId` names: Config shows our verdicts. What could not be read is left out, and fails the invocation once all the rest is reported. */
export function createRulesHandler(controls: readonly AnyControl[], policy: PolicyDocument) {
  const logger = new Logger();
  const engine = engineFromEnvironment(policy, (text) => logger.info(text));

  async function evaluate(event: unknown, context: Context): Promise<{ readonly reported: number }> {
    const asked = ruleInvocation(event);
    const control = controls.find(({ id }) => id === asked.controlId);
    if (control === undefined) throw new Error(`${asked.ruleName} names "${asked.controlId}", which is no control`);
    const own = context.invokedFunctionArn.split(':')[4];
    if (asked.accountId !== own)
      throw new Error(`${asked.ruleName} is a rule of account ${asked.accountId}; only ${own} can be looked at here`);
    const round = new Round(control, asked, engine);
    if (asked.kind === 'item') await round.item(asked.item);
    else await round.all();
    logger.info(`${asked.ruleName} ${control.id}: ${round.reported} reported`, { ...round.outcome });
    for (const failure of round.failures) logger.error(`${asked.ruleName} ${control.id}: ${failure}`);
    if (round.failures.length > 0) throw new ReconcileFailedError(named(round.failures));
    return { reported: round.reported };
  }

  return middy(evaluate).use(injectLambdaContext(logger, { resetKeys: true }));
}

const named = (failures: readonly string[]) =>
  [
    ...failures.slice(0, NAMED),
    ...(failures.length > NAMED ? [`and ${failures.length - NAMED} more, see the log`] : []),
  ].join('; ');

/** A resource as Config names it, and ours where there is something to look at. */
interface Asked {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly verdict: () => Promise<Evaluation>;
}

/** One invocation of a rule: what it reports, and what it could not. */
class Round {
  reported = 0;
  readonly failures: string[] = [];
  readonly outcome: Partial<Record<Evaluation['complianceType'], number>> = {};
  readonly #control: AnyControl;
  readonly #asked: RuleInvocation;
  readonly #engine: Engine;
  readonly #verdictOn: Verdicts;
  readonly #inTurn = atMost(AT_ONCE);
  readonly #place: { readonly accountId: string; readonly region: string };

  constructor(control: AnyControl, asked: RuleInvocation, engine: Engine) {
    this.#control = control;
    this.#asked = asked;
    this.#engine = engine;
    this.#verdictOn = verdictsOf(engine);
    this.#place = { accountId: asked.accountId, region: asked.region ?? process.env.AWS_REGION ?? '' };
  }

  /** The resource of one item; the item itself is a hint, and what it says of the resource's state is not read. */
  async item({ resourceType, resourceId, left }: ConfigItem): Promise<void> {
    const { resource } = this.#control;
    const reason = resourceType === resource.type ? left : `${this.#control.id} judges ${resource.type}.`;
    const verdict = async () =>
      reason === null ? this.#verdictOn(this.#control, this.#subjectOf(resourceId)) : notApplicable(reason);
    await this.#report([{ resourceType, resourceId, verdict }]);
  }

  /** Every resource of the control's type in the region, reported as the listing goes on. */
  async all(): Promise<void> {
    for await (const batch of this.#batches()) await this.#report(batch);
  }

  async *#batches(): AsyncGenerator<readonly Asked[]> {
    const { resource } = this.#control;
    let batch: Asked[] = [];
    try {
      for await (const found of this.#listed(resource)) {
        batch.push(this.#askedOf(found));
        if (batch.length < EVALUATIONS_BATCH) continue;
        const full = batch;
        batch = [];
        yield full;
      }
    } catch (error) {
      this.failures.push(`could not list ${resource.type}: ${messageOf(error)}`);
    }
    yield batch;
  }

  /** The resources of the region; those of others are told of by the rules there. */
  async *#listed(resource: AnyResource): AsyncGenerator<Listed<Record<string, never>>> {
    const { region } = this.#place;
    for await (const found of everyListed(resource.list(this.#engine.aws(region), this.#place)))
      if ((found.region ?? region) === region) yield found;
  }

  #askedOf({ resourceId, facets = {} }: Listed<Record<string, never>>): Asked {
    const { resource } = this.#control;
    const ref = { resourceType: resource.type, resourceId, ...this.#place };
    const subject: Subject = { resource, ref, controls: [this.#control], known: facets };
    return {
      resourceType: resource.type,
      resourceId: resource.toConfig?.(ref) ?? resourceId,
      verdict: () => this.#verdictOn(this.#control, subject),
    };
  }

  #subjectOf(configId: string): Subject {
    const { resource } = this.#control;
    const named = resource.fromConfig?.({ resourceId: configId, ...this.#place }) ?? configId;
    const { resourceId, region } =
      typeof named === 'string' ? { resourceId: named, region: this.#place.region } : named;
    const ref = { resourceType: resource.type, resourceId, accountId: this.#place.accountId, region };
    return { resource, ref, controls: [this.#control] };
  }

  async #report(asked: readonly Asked[]): Promise<void> {
    const found = await Promise.all(asked.map((one) => this.#inTurn(() => this.#evaluation(one))));
    const evaluations = found.filter((one) => one !== null);
    const { resultToken } = this.#asked;
    const aws = this.#engine.aws(this.#place.region);
    const refused = await putEvaluations(aws, resultToken, evaluations, this.#engine.clock);
    this.reported += evaluations.length - refused.length;
    for (const { ComplianceResourceId } of refused)
      this.failures.push(`${ComplianceResourceId}: AWS Config refused its evaluation`);
  }

  async #evaluation({ resourceType, resourceId, verdict }: Asked): Promise<ConfigEvaluation | null> {
    try {
      const { complianceType, annotation } = await verdict();
      this.outcome[complianceType] = (this.outcome[complianceType] ?? 0) + 1;
      return {
        ComplianceResourceType: resourceType,
        ComplianceResourceId: resourceId,
        ComplianceType: complianceType,
        Annotation: annotation,
        OrderingTimestamp: this.#asked.orderingTime,
      };
    } catch (error) {
      this.failures.push(`${resourceId}: ${messageOf(error)}`);
      return null;
    }
  }
}
