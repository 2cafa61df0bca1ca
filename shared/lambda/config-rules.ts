import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Evaluation as ConfigEvaluation } from '@aws-sdk/client-config-service';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import pLimit from 'p-limit';
import { parseArn } from '../aws/arn.ts';
import { explicitDenial, missingPermission, type Refusal } from '../aws/refusals.ts';
import { type AnyControl, type AnyResource, type Evaluation, notApplicable } from '../control.ts';
import type { Engine, Subject } from '../engine/context.ts';
import { messageOf, ReconcileFailedError } from '../engine/errors.ts';
import { type Location, locationOf } from '../engine/intake/location.ts';
import { refOf } from '../engine/intake/trigger.ts';
import { type Evaluate, evaluator } from '../engine/reconcile/evaluate-only.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { type Aws, everyListed, type Listed, UnreadableError } from '../resource.ts';
import { engineFromEnvironment } from './environment.ts';
import { EVALUATIONS_BATCH, putEvaluations } from './put-evaluations.ts';
import { type ConfigItem, type RuleInvocation, ruleInvocation } from './rule-invocation.ts';
import { controlsOf, type ServiceEntry, serviceOfControl } from './service-table.ts';

/** Maximum concurrent reads. */
const CONCURRENCY = 10;

/** Failures that the error message names; the log has them all. */
const MAX_NAMED = 20;

/** The Lambda handler of custom AWS Config rules, each of which evaluates the control that its parameter `controlId` names. What could not be read is left out, and fails the invocation once all the rest is reported. What AWS refuses to let us read is reported as not applicable, so that no earlier evaluation stands for it; where it refuses everything and names nobody, a permission of our own is missing, and the invocation fails. */
export function createRulesHandler(services: readonly ServiceEntry[], policy: PolicyDocument) {
  const logger = new Logger();
  // It sends no messages.
  const engine = engineFromEnvironment(policy, (text) => logger.info(text), {});

  async function evaluate(event: unknown, context: Context): Promise<{ readonly reported: number }> {
    const asked = ruleInvocation(event);
    const control = await controlNamed(asked.controlId, services);
    if (control === undefined) throw new Error(`${asked.ruleName} names "${asked.controlId}", which is not a control`);
    const own = parseArn(context.invokedFunctionArn)?.accountId;
    if (asked.accountId !== own)
      throw new Error(`${asked.ruleName} is a rule of account ${asked.accountId}; this function evaluates only ${own}`);
    const evaluation = new RuleEvaluation(control, asked, engine);
    if (asked.kind === 'item') await evaluation.item(asked.item);
    else await evaluation.all();
    await evaluation.reportUnexplained();
    logger.info(`${asked.ruleName} ${control.id}: ${evaluation.reported} reported`, { ...evaluation.outcome });
    for (const denied of evaluation.denied) logger.warn(`${asked.ruleName} ${control.id}: ${denied}`);
    for (const failure of evaluation.failures) logger.error(`${asked.ruleName} ${control.id}: ${failure}`);
    if (evaluation.failures.length > 0) throw new ReconcileFailedError(named(evaluation.failures));
    return { reported: evaluation.reported };
  }

  return middy(evaluate).use(injectLambdaContext(logger, { resetKeys: true }));
}

/** Loads the service of a control, and gives the control; undefined where there is none. */
async function controlNamed(id: string, services: readonly ServiceEntry[]): Promise<AnyControl | undefined> {
  const isIt = (control: AnyControl) => control.id === id;
  const service = serviceOfControl(id, services);
  const own = service === undefined ? [] : await controlsOf([service]);
  // A control about what a service uses stands with the resource: a trail's bucket with the buckets.
  return own.find(isIt) ?? (await controlsOf(services)).find(isIt);
}

const named = (failures: readonly string[]) =>
  [
    ...failures.slice(0, MAX_NAMED),
    ...(failures.length > MAX_NAMED ? [`and ${failures.length - MAX_NAMED} more, see the log`] : []),
  ].join('; ');

/** A resource that Config wants evaluated. */
interface Requested {
  readonly resourceType: string;
  /** Our id of it, for messages. */
  readonly resourceId: string;
  /** Config's. */
  readonly configId: () => Promise<string>;
  readonly evaluate: () => Promise<Evaluation>;
}

/** A resource that could not be read, and who refuses. */
interface Refused {
  readonly requested: Requested;
  readonly refusal: Refusal;
  readonly message: string;
}

/** One invocation of a rule: what it reports, and its failures. */
class RuleEvaluation {
  reported = 0;
  readonly failures: string[] = [];
  /** What AWS refuses to let us read or list. */
  readonly denied: string[] = [];
  /** Resources that it refuses to let us read without naming who denies it. */
  readonly #unexplained: Refused[] = [];
  readonly outcome: Partial<Record<Evaluation['complianceType'], number>> = {};
  readonly #control: AnyControl;
  readonly #asked: RuleInvocation;
  readonly #engine: Engine;
  readonly #evaluate: Evaluate;
  readonly #limit = pLimit(CONCURRENCY);
  readonly #place: Location;

  constructor(control: AnyControl, asked: RuleInvocation, engine: Engine) {
    this.#control = control;
    this.#asked = asked;
    this.#engine = engine;
    this.#evaluate = evaluator(engine);
    this.#place = { accountId: asked.accountId, region: asked.region ?? process.env.AWS_REGION ?? '' };
  }

  /** Evaluates the resource of one item; the state that the item carries is not read. */
  async item(item: ConfigItem): Promise<void> {
    const { resourceType, resourceId } = item;
    const { id, resource } = this.#control;
    const reason = resourceType === resource.type ? item.left : `${id} evaluates ${resource.type}.`;
    const evaluate = async () => {
      if (reason !== null) return notApplicable(reason);
      const subject = await this.#subjectOf(item);
      return subject === null ? notApplicable('It does not exist.') : this.#evaluate(this.#control, subject);
    };
    await this.#report([{ resourceType, resourceId, configId: async () => resourceId, evaluate }]);
  }

  /** Evaluates every resource of the control's type in the region, and reports them batch by batch. */
  async all(): Promise<void> {
    for await (const batch of this.#batches()) await this.#report(batch);
  }

  /** Reports what was refused without a reason: that it is the resource's own is only known where others could be read. */
  async reportUnexplained(): Promise<void> {
    const refused = this.#unexplained.splice(0);
    const hasRead = Object.keys(this.outcome).length > 0;
    if (!hasRead) this.failures.push(...refused.map(({ message }) => message));
    else
      for (let start = 0; start < refused.length; start += EVALUATIONS_BATCH) {
        const batch = refused.slice(start, start + EVALUATIONS_BATCH);
        await this.#put(await Promise.all(batch.map((one) => this.#unread(one))));
      }
  }

  async *#batches(): AsyncGenerator<readonly Requested[]> {
    const { resource } = this.#control;
    let batch: Requested[] = [];
    try {
      for await (const found of this.#listed(resource)) {
        batch.push(this.#requestedOf(found));
        if (batch.length < EVALUATIONS_BATCH) continue;
        const full = batch;
        batch = [];
        yield full;
      }
    } catch (error) {
      const message = `could not list ${resource.type}: ${messageOf(error)}`;
      (explicitDenial(error) === null ? this.failures : this.denied).push(message);
    }
    yield batch;
  }

  /** The resources of the region; those of others are reported by the rules there. */
  async *#listed(resource: AnyResource): AsyncGenerator<Listed<Record<string, never>>> {
    const { region } = this.#place;
    for await (const found of everyListed(resource.list(this.#aws, this.#place)))
      if ((found.region ?? region) === region) yield found;
  }

  #requestedOf({ resourceId, facets = {} }: Listed<Record<string, never>>): Requested {
    const { resource } = this.#control;
    const ref = refOf(resource, resourceId, this.#placeOf(resource));
    const subject: Subject = { resource, ref, controls: [this.#control], known: facets };
    return {
      resourceType: resource.type,
      resourceId,
      configId: async () => resource.configIdOf?.(this.#aws, ref) ?? resourceId,
      evaluate: () => this.#evaluate(this.#control, subject),
    };
  }

  /** The resource of an item by our id; null where it does not exist any more. */
  async #subjectOf({ resourceType, resourceId, resourceName, arn }: ConfigItem): Promise<Subject | null> {
    const { resource } = this.#control;
    const item = { resourceType, resourceId, resourceName, arn, ...this.#place };
    const named =
      resource.identify === undefined ? resourceId : await this.#identified(resource.identify(this.#aws, item));
    if (named === null) return null;
    const ref = refOf(resource, named, this.#placeOf(resource));
    return { resource, ref, controls: [this.#control] };
  }

  /** What belongs to no region is evaluated in the home region, whichever rule asks. */
  #placeOf(resource: AnyResource): Location {
    return locationOf(resource, this.#place, { fallback: this.#place, home: process.env.AWS_REGION ?? '' });
  }

  get #aws(): Aws {
    return this.#engine.aws(this.#place.region);
  }

  async #identified<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (cause) {
      throw new UnreadableError('could not be identified', { cause });
    }
  }

  async #report(asked: readonly Requested[]): Promise<void> {
    await this.#put(await Promise.all(asked.map((one) => this.#limit(() => this.#evaluation(one)))));
  }

  async #put(found: readonly (ConfigEvaluation | null)[]): Promise<void> {
    const evaluations = found.filter((one) => one !== null);
    const { resultToken } = this.#asked;
    const refused = await putEvaluations(this.#aws, resultToken, evaluations, this.#engine.clock);
    this.reported += evaluations.length - refused.length;
    for (const { ComplianceResourceId } of refused)
      this.failures.push(`${ComplianceResourceId}: AWS Config refused its evaluation`);
  }

  async #evaluation(requested: Requested): Promise<ConfigEvaluation | null> {
    try {
      const evaluation = await requested.evaluate();
      const { complianceType } = evaluation;
      const found = this.#evaluationOf(requested, await requested.configId(), evaluation);
      this.outcome[complianceType] = (this.outcome[complianceType] ?? 0) + 1;
      return found;
    } catch (error) {
      return this.#failed(requested, error);
    }
  }

  /** Only what AWS refuses of the resource itself is no failure: without the ledger nobody knows what is exempt. */
  #failed(requested: Requested, error: unknown): Promise<ConfigEvaluation | null> | null {
    const message = `${requested.resourceId}: ${messageOf(error)}`;
    const explicit = error instanceof UnreadableError ? explicitDenial(error) : null;
    if (explicit !== null) return this.#unread({ requested, refusal: explicit, message });
    const refusal =
      error instanceof UnreadableError ? missingPermission(error, `reading ${requested.resourceType}`) : null;
    if (refusal === null) this.failures.push(message);
    else this.#unexplained.push({ requested, refusal, message });
    return null;
  }

  /** Not applicable: AWS Config would go on showing what an earlier invocation said. */
  async #unread({ requested, refusal, message }: Refused): Promise<ConfigEvaluation | null> {
    this.denied.push(message);
    const evaluation = notApplicable(`It could not be read: refused by ${refusal.by}.`);
    try {
      return this.#evaluationOf(requested, await requested.configId(), evaluation);
    } catch {
      return null; // without AWS Config's id of it there is nothing to report
    }
  }

  #evaluationOf({ resourceType }: Requested, configId: string, evaluation: Evaluation): ConfigEvaluation {
    return {
      ComplianceResourceType: resourceType,
      ComplianceResourceId: configId,
      ComplianceType: evaluation.complianceType,
      Annotation: evaluation.annotation,
      OrderingTimestamp: this.#asked.orderingTime,
    };
  }
}
