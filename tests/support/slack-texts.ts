import { type SlackMessage, slackMessage } from '../../shared/notify/slack.ts';

/** What Slack gets of a message of the topic. */
export const slackOf = (message: string, subject: string | null = null) => slackMessage({ subject, message });

type Loose = { readonly type: string; readonly text?: { text: string }; readonly fields?: { text: string }[] };
/** Every text that stands in the blocks, one after the other. */
export const said = ({ blocks }: SlackMessage) =>
  (
    blocks as unknown as readonly (Loose & {
      elements?: ({ text: string } | { type: 'button'; text: { text: string } })[];
    })[]
  )
    .flatMap(({ text, fields = [], elements = [] }) => [...(text ? [text] : []), ...fields, ...elements])
    .map(({ text }) => (typeof text === 'string' ? text : text.text));
