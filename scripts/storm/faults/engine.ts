import { sendUndoCall } from '../../../shared/cli/undo-call.ts';
import { controls } from '../../../shared/controls/index.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { approve } from '../../../shared/engine/reconcile/approvals.ts';
import { undo } from '../../../shared/engine/undo/undo.ts';
import { dynamoStore } from '../../../shared/ledger/dynamodb.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { snsNotifier } from '../../../shared/notify/sns.ts';
import { parsePolicy } from '../../../shared/policy/load.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import type { Result } from '../../../shared/result.ts';
import type { Post, Task, TaskAnswer } from './task.ts';

/** The engine as it is deployed, but that it does not wait: its clock goes ahead by what it would sleep, and by what it is set ahead. */
export class StormEngine {
  readonly #post: Post;
  readonly #aws: Engine['aws'];
  /** Reading one takes longer than most tasks. */
  readonly #policies = new Map<keyof Post['policies'], Policy>();
  skewMs = 0;

  constructor(post: Post, aws: Engine['aws']) {
    this.#post = post;
    this.#aws = aws;
  }

  readonly now = (): number => Date.now() + this.skewMs;

  engine(mode: keyof Post['policies'], ceiling: Engine['ceiling'] = 'remediate'): Engine {
    const { table, topicArn, region } = this.#post;
    const aws = this.#aws(region);
    return {
      aws: this.#aws,
      ledger: ledgerIn(dynamoStore(aws, table), this.now),
      notifier: snsNotifier(aws, topicArn),
      policy: this.#policy(mode),
      clock: {
        now: () => new Date(this.now()),
        sleep: async (milliseconds) => {
          this.skewMs += milliseconds;
        },
      },
      codeVersion: 'storm',
      ceiling,
      // The run plays the schedule, which finds in the ledger what is due.
      send: async () => {},
    };
  }

  #policy(mode: keyof Post['policies']): Policy {
    const known = this.#policies.get(mode);
    if (known !== undefined) return known;
    const policy = policyFrom(parsePolicy(this.#post.policies[mode], 'policy.yml', controls));
    this.#policies.set(mode, policy);
    return policy;
  }

  async receive(event: object, engine: Engine, only: Task['only']): Promise<readonly Result[]> {
    const { accountId, region } = this.#post;
    const context = { controls: enabled(only), fallback: { accountId, region }, home: region };
    return (await Array.fromAsync(receive(event, engine, context))).flat();
  }

  async work(task: Task): Promise<TaskAnswer> {
    this.skewMs = task.skewMs;
    try {
      return { results: await this.#results(task), error: null, skewMs: this.skewMs };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return { results: [], error: { name, message }, skewMs: this.skewMs };
    }
  }

  async #results(task: Task): Promise<readonly Result[]> {
    if (task.kind === 'event') return this.receive(task.event, this.engine(task.mode), task.only);
    const engine = this.engine('approve');
    const own = enabled(task.only);
    if (task.kind === 'approve') return [await approve(task.id, 'the storm', engine, own)];
    const request = { id: task.id, by: 'the storm', reason: 'to see it back', expires: '2999-01-01', dryRun: false };
    await undo(request, engine, own, (call, ref) => sendUndoCall(call, ref, engine.aws(ref.region)));
    return [];
  }
}

const enabled = (only: Task['only']) => controls.filter(({ id }) => only.includes(id));
