import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Aws } from '../resource.ts';

/** Seconds that a received message stays hidden from others while it is worked on. */
const HIDDEN = 300;

/** True where a source names a queue. */
export const isQueueUrl = (source: string) => /^https?:\/\//.test(source);

/** Works through a queue once. A message goes only where `work` says that its event ended well; the others are given back at once at the end, and stay. */
export async function drain(url: string, aws: Aws, work: (message: Message) => Promise<boolean>): Promise<void> {
  const client = aws(SQSClient);
  const kept = new Map<string, Message>();
  try {
    for (;;) {
      const request = { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: HIDDEN, WaitTimeSeconds: 1 };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(request));
      const fresh = Messages.filter(({ MessageId = '' }) => !kept.has(MessageId));
      if (fresh.length === 0) return;
      for (const message of fresh) {
        if (await work(message)) {
          const { ReceiptHandle } = message;
          await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
        } else kept.set(message.MessageId ?? '', message);
      }
    }
  } finally {
    for (const { ReceiptHandle } of kept.values())
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
  }
}
