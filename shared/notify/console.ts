import { visible, visibleLines } from '../text.ts';
import type { Notifier } from './notifier.ts';
import { render } from './render.ts';

/** Writes the text of the mail, for runs without a topic. */
export const consoleNotifier = (write: (text: string) => void): Notifier => ({
  async notify(notice) {
    const { text } = render(notice);
    write(`\n${text.replace(/^/gm, '  │ ')}\n\n`);
  },
  async announce({ subject, text }) {
    write(`\n  │ ${visible(subject)}\n${visibleLines(text).replace(/^/gm, '  │ ')}\n\n`);
  },
});
