import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Aws } from '../resource.ts';
import type { Notifier } from './notifier.ts';
import { ascii, type Message, render } from './render.ts';

/** SNS refuses messages above 256 KB; the parts of one message share that. */
const TEXT_LIMIT = 100_000;
/** The first calls of a long plan; all of them are in the ledger. */
const MOST_STEPS = 50;

/** Publishes to a topic: mail gets the text, machines (SQS, Lambda, HTTPS) the same as JSON; attributes serve filter policies. */
export function snsNotifier(aws: Aws, topicArn: string): Notifier {
  async function publish(message: Message, data: object, attributes: Readonly<Record<string, string>>): Promise<void> {
    const text = message.text.slice(0, TEXT_LIMIT);
    const machine = JSON.stringify({ subject: message.subject, text, ...data });
    await aws(SNSClient, regionOf(topicArn)).send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: message.subject,
        MessageStructure: 'json',
        Message: JSON.stringify({
          default: text,
          email: text,
          sqs: machine,
          lambda: machine,
          https: machine,
          http: machine,
        }),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }),
    );
  }
  return {
    async tell(notice) {
      const { result, control, consoleUrl, attribution, eventTime } = notice;
      const { severity, title, id } = control;
      const shown = { ...result, steps: result.steps.slice(0, MOST_STEPS) };
      const data = { severity, title, consoleUrl, attribution, eventTime, result: shown };
      await publish(render(notice), data, { severity, outcome: result.outcome, controlId: id });
    },
    async announce({ severity, subject, text }) {
      await publish(
        { subject: ascii(`[${severity}] ${subject}`), text },
        { severity },
        { severity, outcome: 'announced' },
      );
    },
  };
}

const regionOf = (arn: string) => arn.split(':')[3] ?? '';
