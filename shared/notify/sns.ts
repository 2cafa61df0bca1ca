import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { parseArn } from '../aws/arn.ts';
import type { Aws } from '../resource.ts';
import type { CallData } from '../step.ts';
import { visibleLines } from '../text.ts';
import type { Notifier } from './notifier.ts';
import { advice, asciiSubject, type Message, render, withoutDocuments } from './render.ts';

/** SNS refuses messages above 256 KB, all their formats together; this much of a plan leaves room for the rest. */
const MAX_STEPS_BYTES = 150_000;

/** Publishes to a topic: as text for mail, as JSON for SQS, Lambda and HTTPS, with attributes for filter policies. */
export function snsNotifier(aws: Aws, topicArn: string): Notifier {
  async function publish(message: Message, data: object, attributes: Readonly<Record<string, string>>): Promise<void> {
    const machine = JSON.stringify({ ...message, ...data });
    await aws(SNSClient, parseArn(topicArn)?.region).send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: message.subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: machine, email: message.text, sms: message.subject }),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }),
    );
  }
  return {
    async notify(notice) {
      const { result, control, consoleUrl, attribution, eventTime } = notice;
      const { severity, title, id } = control;
      const steps = fitting(result.steps.map(withoutDocuments));
      const stepsLeftOut = result.steps.length - steps.length;
      const about = { severity, title, consoleUrl, attribution, eventTime, result: { ...result, steps }, stepsLeftOut };
      await publish(
        render(notice),
        { ...about, advice: advice(notice) },
        { severity, outcome: result.outcome, controlId: id },
      );
    },
    async announce({ severity, subject, text }) {
      const message = { subject: asciiSubject(`[${severity}] ${subject}`), text: visibleLines(text) };
      await publish(message, { severity }, { severity, outcome: 'announced' });
    },
  };
}

/** The first calls of a plan that fit; the ledger has them all. */
function fitting(steps: readonly CallData[]): readonly CallData[] {
  let size = 0;
  const firstLeftOut = steps.findIndex((call) => {
    // Sent as JSON in JSON.
    size += Buffer.byteLength(JSON.stringify(JSON.stringify(call)));
    return size > MAX_STEPS_BYTES;
  });
  return firstLeftOut < 0 ? steps : steps.slice(0, firstLeftOut);
}
