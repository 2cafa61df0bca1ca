import { writeFileSync } from 'node:fs';
import type { Mode } from '../control.ts';
import { type Framework, requirementsIn } from '../frameworks.ts';
import { UsageError } from './errors.ts';

interface Chosen {
  readonly id: string;
  readonly recommendedMode: Mode;
  readonly relatedRequirements: readonly string[];
}

/** A policy.yml that switches on these controls and no others. Each is only detected: that a framework asks for a control is no decision to change an account. */
export function policyText(framework: Framework, controls: readonly Chosen[]): string {
  return [
    `# ${framework.name}: ${controls.length} controls, as ${framework.mappedBy} maps them (${framework.source}).`,
    '# They only detect and notify. To let one remediate, change its mode: approve, remediate, or recommended.',
    'defaults: { mode: "off" }',
    'controls:',
    ...controls.map((control) => {
      const numbers = requirementsIn(framework, control).join(', ');
      return `  ${control.id}: { mode: detect } # ${numbers}; recommended: ${control.recommendedMode}`;
    }),
    '',
  ].join('\n');
}

/** Writes a new file. Throws UsageError where it exists, or cannot be written: nothing is overwritten. */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST' ? 'it exists, and is not overwritten; give another name' : `cannot be written (${code})`;
    throw new UsageError(`--write-policy ${file}: ${why}`);
  }
}
