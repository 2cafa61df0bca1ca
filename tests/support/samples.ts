import { readFileSync } from 'node:fs';

/** The region of the sample events. */
export const REGION = 'eu-west-1';
/** The account of the sample events. */
export const SAMPLE_ACCOUNT = '111122223333';

/** A sample event of ours, `ec2/CreateVolume`, with ids replaced: an event that speaks of what this test has made. */
export function sampleEvent(
  name: string,
  replacements: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  let text = readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8');
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`events/${name}.json does not contain ${from}`);
    text = text.replaceAll(from, to);
  }
  return JSON.parse(text);
}
