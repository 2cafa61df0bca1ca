import { visible } from '../text.ts';
import { announcementMessage, type MessageSettings, NO_SETTINGS, noticeMessage } from './compose.ts';
import type { Notifier } from './notifier.ts';

/** Writes the text of the mail, for runs without a topic. */
export const consoleNotifier = (write: (text: string) => void, settings: MessageSettings = NO_SETTINGS): Notifier => ({
  async notify(notice) {
    const { text } = noticeMessage(notice, settings);
    write(`\n${text.replace(/^/gm, '  │ ')}\n\n`);
  },
  async announce(announcement) {
    const { text } = announcementMessage(announcement, settings);
    write(`\n  │ ${visible(announcement.subject)}\n${text.replace(/^/gm, '  │ ')}\n\n`);
  },
});
