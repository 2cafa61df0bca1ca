import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Aws } from '../resource.ts';
import { assertRegion, requiredRegion } from './options.ts';

/** How long a received message stays hidden from other consumers. */
const VISIBILITY_TIMEOUT_SECONDS = 300;

/** True for a source that is a queue. */
export const isQueueUrl = (source: string) => /^https?:\/\//.test(source);

/** The region in a queue's URL; of a local queue the default one. Throws UsageError for a region that is none. */
export function regionOfQueue(url: string): string {
  const region = /^https?:\/\/sqs\.([A-Za-z0-9-]+)\./.exec(url)?.[1];
  if (region === undefined) return requiredRegion();
  assertRegion('the region of the queue', region);
  return region;
}

/** The attributes in which SQS and EventBridge record a message's origin. */
const ORIGIN_ATTRIBUTES = {
  MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'],
  MessageAttributeNames: ['All'],
} satisfies Partial<ReceiveMessageCommandInput>;

/** Processes each message of a queue once. Deletes those for which `process` returns true; makes the others visible again at the end. */
export async function drain(url: string, aws: Aws, process: (message: Message) => Promise<boolean>): Promise<void> {
  const client = aws(SQSClient);
  /** Receipt handles of messages that stay, by message id. */
  const retained = new Map<string, string | undefined>();
  /** Retained messages received again since the last new one: in a long run their visibility timeout ends. */
  let repeats = 0;
  try {
    while (repeats <= retained.size) {
      const request = {
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: VISIBILITY_TIMEOUT_SECONDS,
        WaitTimeSeconds: 1,
      };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ ...request, ...ORIGIN_ATTRIBUTES }));
      if (Messages.length === 0) return;
      for (const message of Messages) {
        const { MessageId = '', ReceiptHandle } = message;
        const isKnown = retained.has(MessageId);
        repeats = isKnown ? repeats + 1 : 0;
        if (!isKnown && (await process(message)))
          await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
        else retained.set(MessageId, ReceiptHandle);
      }
    }
  } finally {
    for (const ReceiptHandle of retained.values()) {
      const release = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
      // SQS refuses where the message is already visible.
      await client.send(release).catch(() => {});
    }
  }
}
