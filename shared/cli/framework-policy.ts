import { writeFileSync } from 'node:fs';
import type { Mode } from '../control.ts';
import { type Framework, requirementsIn } from '../frameworks.ts';
import { counted } from '../text.ts';
import { UsageError } from './errors.ts';
import { unwritable } from './files.ts';

interface Chosen {
  readonly id: string;
  readonly recommendedMode: Mode;
  readonly relatedRequirements: readonly string[];
}

/** The modes that a policy may be written in at once: none that remediates whatever a control recommends. */
export const WRITTEN_MODES = ['detect', 'approve', 'recommended'] as const;
export type WrittenMode = (typeof WRITTEN_MODES)[number];

/** What a policy of each mode says of itself. */
export const MODE_COMMENT: Readonly<Record<WrittenMode, string>> = {
  detect: '# They only detect and notify. To let one remediate, change its mode: approve, remediate, or recommended.',
  approve: '# Their remediations require approval: npx evenkeel approve.',
  recommended:
    '# They are in the mode that each recommends, and may remediate. To stop one, set its mode to detect or off.',
};

/** A policy.yml that switches on these controls and no others. Unless a person asks for another mode each is only detected: that a framework asks for a control is no decision to change an account. */
export function policyText(framework: Framework, controls: readonly Chosen[], mode: WrittenMode = 'detect'): string {
  return [
    `# ${framework.name}: ${counted(controls.length, 'control')}, as ${framework.mappedBy} maps them (${framework.source}).`,
    MODE_COMMENT[mode],
    'defaults: { mode: "off" }',
    'controls:',
    ...controls.map((control) => {
      const numbers = requirementsIn(framework, control).join(', ');
      return `  ${control.id}: { mode: ${mode} } # ${numbers}; recommended: ${control.recommendedMode}`;
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
    const why = code === 'EEXIST' ? 'it exists, and is not overwritten; give another name' : unwritable(error);
    throw new UsageError(`--write-policy ${file}: ${why}`);
  }
}
