import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inPortions } from '../aws/portions.ts';
import type { Engine } from '../engine/context.ts';
import type { OutcomeEvent } from '../notify/outcome.ts';
import type { Aws } from '../resource.ts';
import { systemClock } from '../time.ts';
import { deliver, type Refusal } from './deliver.ts';

/** SQS takes ten messages, and 256 KiB in sum. */
const LIMITS = { entries: 10, bytes: 250_000 };

/** Sends outcomes to a queue. Throws where one of them was not taken. */
export const outcomeFeed =
  (aws: Aws, QueueUrl: string, clock = systemClock): NonNullable<Engine['sendOutcomes']> =>
  async (outcomes) => {
    const call = async (left: readonly string[]): Promise<readonly (Refusal | null)[]> => {
      const Entries = left.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
      const { Failed = [] } = await aws(SQSClient).send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const failed = new Map(Failed.map((one) => [one.Id, `${one.Code}: ${one.Message ?? ''}`]));
      return left.map((_, index) => {
        const reason = failed.get(`${index}`);
        return reason === undefined ? null : { kind: 'passing', reason };
      });
    };
    for (const portion of inPortions(outcomes.map(bodyOf), LIMITS, Buffer.byteLength)) {
      const [refused] = await deliver(portion, call, clock);
      if (refused !== undefined) throw new Error(`an outcome could not be sent on: ${refused.reason}`);
    }
  };

/** SQS refuses these two characters, which JSON leaves as they are. */
const bodyOf = (outcome: OutcomeEvent): string =>
  JSON.stringify(outcome).replace(/[\ufffe\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`);
