import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** What a Chromium is called: Debian's, others', Google's. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', chromium.executablePath()];

const inPath = (process.env.PATH ?? '')
  .split(path.delimiter)
  .flatMap((folder) => NAMES.map((name) => path.join(folder, name)));

/** The Chromium of this machine; null where there is none, and then the tests that look at a page are skipped. */
export const chromiumPath: string | null =
  [process.env.CHROMIUM_PATH ?? '', ...inPath, ...ELSEWHERE].find((file) => file !== '' && existsSync(file)) ?? null;

/** Starts it without a window and without connections of its own. Throws where there is none. */
export async function startChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('no Chromium is installed: name one with CHROMIUM_PATH');
  return chromium.launch({
    executablePath: chromiumPath,
    // As root, in a container, it has no sandbox of its own.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
