import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

/** What a page of docs/controls says under "Known limits", line by line. */
function limitsOn(id: string): readonly string[] {
  const page = readFileSync(`${ROOT}docs/controls/${id}.md`, 'utf8');
  const [section = ''] = page.split('## Known limits\n')[1]?.split('\n## ') ?? [];
  return section.split('\n').filter((line) => line.startsWith('  - '));
}

/** A page says `… interfaces`, where a reason may be of one. */
const singular = (text: string): string => text.replaceAll(/s\b/g, '');

/** What a line stands for: `…` is what only the resource says, and the time of the next look is none of the sentence. */
const patternOf = (line: string) => {
  const sentence = line.replace('  - ', '').replace(/ Checked again after `\w+`\.$/, '');
  return new RegExp(`${RegExp.escape(singular(sentence)).replaceAll(RegExp.escape('…'), '.*')}$`);
};

/** Fails unless the page of the control lists this reason among its limits. */
export function expectKnownLimit(id: string, reason: string): void {
  const isListed = limitsOn(id).some((line) => patternOf(line).test(singular(reason)));
  expect({ reason, isListed }).toEqual({ reason, isListed: true });
}
