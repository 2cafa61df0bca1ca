import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Message } from '../../shared/notify/message.ts';
import { slackMessage } from '../../shared/notify/slack.ts';
import { stageAt } from '../demo/stage.ts';
import { openLocalAccount, reportError } from '../sandbox/local.ts';
import { messagesOf } from './runs.ts';
import { slackPage } from './slack-page.ts';
import { smallPng } from './small-png.ts';

/** The samples of docs/notifications.md: each kind of notification as text and, where a Chromium is installed, as a picture of what Slack shows. */
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const CHROMIUM = process.env.CHROMIUM_PATH ?? 'chromium';

const pictureOf = (kind: string) => `pictures/notification-${kind}.png`;

/** As high as the page is, which only the page knows: measured first. */
function photograph(html: string, file: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-notification-'));
  const page = join(folder, 'page.html');
  writeFileSync(
    page,
    html.replace(
      '</style>',
      '</style><script>onload = () => { document.title = document.documentElement.scrollHeight; }</script>',
    ),
  );
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1'];
  const run = (...more: readonly string[]) =>
    spawnSync(CHROMIUM, [...flags, ...more, pathToFileURL(page).href], { encoding: 'utf8', timeout: 180_000 });
  const { stdout, error } = run('--window-size=680,200', '--dump-dom');
  if (error !== undefined) throw error;
  const height = /<title>(\d+)<\/title>/.exec(stdout)?.[1] ?? '800';
  run(`--window-size=680,${height}`, `--screenshot=${file}`);
  writeFileSync(file, smallPng(readFileSync(file)));
}

const section = (kind: string, { subject, text }: Message): string =>
  `## ${kind}\n\nSubject: \`${subject}\`\n\n\`\`\`text\n${text}\n\`\`\`\n\n![${kind} in Slack](${pictureOf(kind)})\n`;

try {
  const sandbox = await openLocalAccount({ say: (line) => process.stderr.write(`${line}\n`) });
  try {
    const messages = await messagesOf(await stageAt(sandbox.endpoint));
    mkdirSync(join(DOCS, 'pictures'), { recursive: true });
    const samples = [...messages].map(([kind, message]) => section(kind, message)).join('\n');
    writeFileSync(
      join(DOCS, 'notification-samples.md'),
      `# Each kind of notification\n\nWritten by \`npm run notifications\`, from runs on the local account. [notifications.md](notifications.md) says who gets which, and when.\n\n${samples}`,
    );
    for (const [kind, message] of messages)
      photograph(
        slackPage(slackMessage({ subject: message.subject, message: JSON.stringify(message) }).blocks),
        join(DOCS, pictureOf(kind)),
      );
  } finally {
    await sandbox.stop();
  }
} catch (error) {
  process.exitCode = reportError('notifications', error);
}
