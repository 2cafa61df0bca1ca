import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import type { Message } from '../../shared/notify/message.ts';
import { slackMessage } from '../../shared/notify/slack.ts';
import { startChromium } from '../chromium.ts';
import { stageAt } from '../demo/stage.ts';
import { openLocalAccount, reportError } from '../sandbox/local.ts';
import { messagesOf } from './runs.ts';
import { slackPage } from './slack-page.ts';
import { smallPng } from './small-png.ts';

/** The samples of docs/notifications.md: each kind of notification as text and, where a Chromium is installed, as a picture of what Slack shows. */
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
/** AWS's own number for examples. */
const ACCOUNT = '111122223333';

const pictureOf = (kind: string) => `pictures/notification-${kind}.png`;

/** As high as the page is. */
async function photograph(browser: Browser, html: string, file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 680, height: 200 } });
  await page.setContent(html);
  writeFileSync(file, smallPng(await page.screenshot({ fullPage: true })));
  await page.close();
}

const section = (kind: string, { subject, text }: Message): string =>
  `## ${kind}\n\nSubject: \`${subject}\`\n\n\`\`\`text\n${text}\n\`\`\`\n\n![${kind} in Slack](${pictureOf(kind)})\n`;

try {
  const sandbox = await openLocalAccount({ say: (line) => process.stderr.write(`${line}\n`) });
  try {
    const messages = await messagesOf(await stageAt(sandbox.endpoint, ACCOUNT));
    mkdirSync(join(DOCS, 'pictures'), { recursive: true });
    const samples = [...messages].map(([kind, message]) => section(kind, message)).join('\n');
    writeFileSync(
      join(DOCS, 'notification-samples.md'),
      `# Each kind of notification\n\nWritten by \`npm run notifications\`, from runs on the local account. [notifications.md](notifications.md) says who gets which, and when.\n\n${samples}`,
    );
    const browser = await startChromium();
    for (const [kind, message] of messages) {
      const { blocks } = slackMessage({ subject: message.subject, message: JSON.stringify(message) });
      await photograph(browser, slackPage(blocks), join(DOCS, pictureOf(kind)));
    }
    await browser.close();
  } finally {
    await sandbox.stop();
  }
} catch (error) {
  process.exitCode = reportError('notifications', error);
}
