import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Aws } from '../resource.ts';
import { neededRegion } from './context.ts';

/** Seconds that a received message stays hidden from others while it is worked on. */
const HIDDEN = 300;

/** True where a source names a queue. */
export const isQueueUrl = (source: string) => /^https?:\/\//.test(source);

/** The region in a queue's URL; a local queue has none. */
export const regionOfQueue = (url: string) => /^https?:\/\/sqs\.([a-z0-9-]+)\./.exec(url)?.[1] ?? neededRegion();

/** Where a message came from, as SQS and EventBridge tell. */
const ORIGIN = {
  MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'],
  MessageAttributeNames: ['All'],
} satisfies Partial<ReceiveMessageCommandInput>;

/** Works through a queue once. A message goes only where `work` says that its event ended well; the others are given back at once at the end, and stay. */
export async function drain(url: string, aws: Aws, work: (message: Message) => Promise<boolean>): Promise<void> {
  const client = aws(SQSClient);
  /** Receipt handles of messages that stay, by message id. */
  const kept = new Map<string, string | undefined>();
  /** Kept messages that came again since the last new one: in a long run their hiding ends. */
  let again = 0;
  try {
    while (again <= kept.size) {
      const request = { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: HIDDEN, WaitTimeSeconds: 1 };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ ...request, ...ORIGIN }));
      if (Messages.length === 0) return;
      for (const message of Messages) {
        const { MessageId = '', ReceiptHandle } = message;
        const known = kept.has(MessageId);
        again = known ? again + 1 : 0;
        if (!known && (await work(message)))
          await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
        else kept.set(MessageId, ReceiptHandle);
      }
    }
  } finally {
    for (const ReceiptHandle of kept.values()) {
      const back = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
      // Refused where the message is visible already, which is what is wanted.
      await client.send(back).catch(() => {});
    }
  }
}
