import { visible, visibleLines } from '../text.ts';
import { type MessageSettings, NO_SETTINGS, noticeMessage } from './compose.ts';
import type { Notifier } from './notifier.ts';

/** Writes the text of the mail, for runs without a topic. */
export const consoleNotifier = (write: (text: string) => void, settings: MessageSettings = NO_SETTINGS): Notifier => ({
  async notify(notice) {
    const { text } = noticeMessage(notice, settings);
    write(`\n${text.replace(/^/gm, '  │ ')}\n\n`);
  },
  async announce({ subject, text }) {
    write(`\n  │ ${visible(subject)}\n${visibleLines(text).replace(/^/gm, '  │ ')}\n\n`);
  },
});
