import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { CallData } from '../control.ts';
import type { Aws } from '../resource.ts';
import type { Notifier } from './notifier.ts';
import { render } from './render.ts';

/** SNS refuses messages above 256 KB, in which every form of the text counts; this much of a plan leaves room for the rest. */
const STEPS_LIMIT = 150_000;

/** Publishes to a topic: mail gets the text, machines (SQS, Lambda, HTTPS) the result as JSON; attributes serve filter policies. */
export const snsNotifier = (aws: Aws, topicArn: string): Notifier => ({
  async tell(notice) {
    const { subject, text } = render(notice);
    const { result, control, consoleUrl, attribution, eventTime } = notice;
    const steps = fitting(result.steps);
    const machine = JSON.stringify({
      subject,
      text,
      severity: control.severity,
      title: control.title,
      consoleUrl,
      attribution,
      eventTime,
      result: { ...result, steps },
      stepsLeftOut: result.steps.length - steps.length,
    });
    const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
    await aws(SNSClient, regionOf(topicArn)).send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: machine, email: text, sms: subject }),
        MessageAttributes: {
          severity: attribute(control.severity),
          outcome: attribute(result.outcome),
          controlId: attribute(control.id),
        },
      }),
    );
  },
});

/** The first calls of a plan that fit; the ledger has them all. */
function fitting(steps: readonly CallData[]): readonly CallData[] {
  let size = 0;
  const tooMuch = steps.findIndex((call) => {
    // As it goes over the wire: JSON in JSON.
    size += Buffer.byteLength(JSON.stringify(JSON.stringify(call)));
    return size > STEPS_LIMIT;
  });
  return tooMuch < 0 ? steps : steps.slice(0, tooMuch);
}

const regionOf = (arn: string) => arn.split(':')[3] ?? '';
