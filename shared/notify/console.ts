import type { Notifier } from './notifier.ts';
import { render } from './render.ts';

/** Writes the message as a person would get it. */
export const consoleNotifier = (write: (text: string) => void): Notifier => ({
  async tell(notice) {
    const { text } = render(notice);
    write(`\n${text.replace(/^/gm, '  │ ')}\n\n`);
  },
  async announce({ subject, text }) {
    write(`\n  │ ${subject}\n${text.replace(/^/gm, '  │ ')}\n\n`);
  },
});
