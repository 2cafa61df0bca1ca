import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { parseArn } from '../aws/arn.ts';
import type { Aws } from '../resource.ts';
import { announcementMessage, type MessageSettings, NO_SETTINGS, noticeMessage } from './compose.ts';
import { fitted } from './fit.ts';
import type { Message } from './message.ts';
import type { Notifier } from './notifier.ts';

/** Publishes to a topic: the text for mail, the message as JSON for everybody else, with attributes for filter policies. */
export function snsNotifier(aws: Aws, topicArn: string, settings: MessageSettings = NO_SETTINGS): Notifier {
  const { region, accountId = null } = parseArn(topicArn) ?? {};
  async function publish(message: Message): Promise<void> {
    const whole = fitted(message, (one) => Buffer.byteLength(formatsOf(one)));
    await aws(SNSClient, region).send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: whole.subject,
        MessageStructure: 'json',
        Message: formatsOf(whole),
        MessageAttributes: attributesOf(whole),
      }),
    );
  }
  return {
    notify: (notice) => publish(noticeMessage(notice, settings)),
    announce: (announcement) => publish(announcementMessage(announcement, settings, accountId)),
  };
}

/** What each protocol gets: `default` is that of SQS, Lambda, HTTPS and whatever else is subscribed, once, since all formats count. */
const formatsOf = (message: Message): string =>
  JSON.stringify({ default: JSON.stringify(message), email: message.text, sms: message.subject });

/** Raw delivery to a queue takes ten at most. */
function attributesOf({ kind, severity, region, account, findings, groups, routes }: Message) {
  const about = [...findings, ...groups];
  const outcomes = about.map(({ outcome }) => outcome);
  const controls = about.map(({ controlId }) => controlId);
  const values: Readonly<Record<string, readonly string[]>> = {
    kind: [kind],
    severity: [severity],
    outcome: outcomes.length === 0 ? ['announced'] : outcomes,
    controlId: controls,
    // As a control's id begins.
    service: controls.map((id) => id.split('-')[0] ?? ''),
    region: region === null ? [] : [region],
    accountId: account === null ? [] : [account.id],
    route: routes,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, all]) => {
      const different = [...new Set(all)].filter((value) => value !== '');
      return different.length === 0 ? [] : [[name, attributeOf(different)]];
    }),
  );
}

/** A filter policy finds any value of a list. */
const attributeOf = (values: readonly string[]) =>
  values.length === 1
    ? { DataType: 'String', StringValue: values[0] }
    : { DataType: 'String.Array', StringValue: JSON.stringify(values) };
