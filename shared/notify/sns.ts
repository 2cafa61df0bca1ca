import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Aws } from '../resource.ts';
import type { Notifier } from './notifier.ts';
import { render } from './render.ts';

/** SNS refuses messages above 256 KB; the parts of one message share that. */
const TEXT_LIMIT = 100_000;

/** Publishes to a topic: mail gets the text, machines (SQS, Lambda, HTTPS) the result as JSON; attributes serve filter policies. */
export const snsNotifier = (aws: Aws, topicArn: string): Notifier => ({
  async tell(notice) {
    const { subject, text } = render(notice);
    const shown = text.slice(0, TEXT_LIMIT);
    const { result, control, consoleUrl, attribution, eventTime } = notice;
    const machine = JSON.stringify({
      subject,
      text: shown,
      severity: control.severity,
      title: control.title,
      consoleUrl,
      attribution,
      eventTime,
      result: { ...result, steps: result.steps.slice(0, 50) },
    });
    const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
    await aws(SNSClient, regionOf(topicArn)).send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify({
          default: shown,
          email: shown,
          sqs: machine,
          lambda: machine,
          https: machine,
          http: machine,
        }),
        MessageAttributes: {
          severity: attribute(control.severity),
          outcome: attribute(result.outcome),
          controlId: attribute(control.id),
        },
      }),
    );
  },
});

const regionOf = (arn: string) => arn.split(':')[3] ?? '';
