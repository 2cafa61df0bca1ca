import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { parseArn } from '../aws/arn.ts';
import type { Aws } from '../resource.ts';
import type { CallData } from '../step.ts';
import { visibleLines } from '../text.ts';
import type { Notice, Notifier } from './notifier.ts';
import { advice, asciiSubject, headlineOf, type Message, render, withoutDocuments } from './render.ts';

/** SNS refuses messages above 256 KB, all their formats together; this much of a plan leaves room for the rest. */
const MAX_STEPS_BYTES = 150_000;

/** Publishes to a topic: as text for mail, as JSON for SQS, Lambda and HTTPS, with attributes for filter policies. */
export function snsNotifier(aws: Aws, topicArn: string): Notifier {
  async function publish(
    message: Message,
    data: object,
    attributes: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<void> {
    const machine = JSON.stringify({ ...message, ...data });
    await aws(SNSClient, parseArn(topicArn)?.region).send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: message.subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: machine, email: message.text, sms: message.subject }),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]),
        ),
      }),
    );
  }
  return {
    async notify({ others = [], ...notice }) {
      const { result, control } = notice;
      const budget = MAX_STEPS_BYTES / (others.length + 1);
      const data = {
        ...dataOf(notice, budget),
        ...(others.length === 0
          ? {}
          : { others: others.map((one) => ({ headline: headlineOf(one), ...dataOf(one, budget) })) }),
      };
      const all = [notice, ...others];
      await publish(render({ ...notice, others }), data, {
        severity: control.severity,
        outcome: listOf(all.map((one) => one.result.outcome)) ?? result.outcome,
        controlId: listOf(all.map((one) => one.control.id)) ?? control.id,
      });
    },
    async announce({ severity, subject, text }) {
      const message = { subject: asciiSubject(`[${severity}] ${subject}`), text: visibleLines(text) };
      await publish(message, { severity }, { severity, outcome: 'announced' });
    },
  };
}

/** A filter policy finds any value of a list. */
const attributeOf = (value: string | readonly string[]) =>
  typeof value === 'string'
    ? { DataType: 'String', StringValue: value }
    : { DataType: 'String.Array', StringValue: JSON.stringify(value) };

/** The different values; null where there is one. */
function listOf(values: readonly string[]): readonly string[] | null {
  const different = [...new Set(values)];
  return different.length > 1 ? different : null;
}

/** A notice for machines. */
function dataOf(notice: Omit<Notice, 'others'>, budget: number) {
  const { result, control, consoleUrl, attribution, eventTime } = notice;
  const { severity, title } = control;
  const steps = fitting(result.steps.map(withoutDocuments), budget);
  const stepsLeftOut = result.steps.length - steps.length;
  const about = { severity, title, consoleUrl, attribution, eventTime, result: { ...result, steps }, stepsLeftOut };
  return { ...about, advice: advice(notice) };
}

/** The first calls of a plan that fit; the ledger has them all. */
function fitting(steps: readonly CallData[], budget: number): readonly CallData[] {
  let size = 0;
  const firstLeftOut = steps.findIndex((call) => {
    // Sent as JSON in JSON.
    size += Buffer.byteLength(JSON.stringify(JSON.stringify(call)));
    return size > budget;
  });
  return firstLeftOut < 0 ? steps : steps.slice(0, firstLeftOut);
}
