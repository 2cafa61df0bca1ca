import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { visible } from '../../text.ts';
import { UsageError } from '../errors.ts';
import { readText, unwritable } from '../files.ts';
import { isThere } from '../policy.ts';
import * as deployment from './deployment.ts';
import * as policyFile from './policy-file.ts';
import type { Present } from './questions.ts';

/** What a person wants of the two files; a member that is absent leaves what stands there. */
export interface Wanted extends deployment.Settings {
  readonly policy?: policyFile.Chosen;
}

/** What becomes of one file. */
export interface Change {
  readonly file: string;
  /** `null` where there is no such file. */
  readonly before: string | null;
  /** The text that there will be. */
  readonly text: string;
  readonly isNew: boolean;
  /** Setting by setting; empty where the file stays as it is. */
  readonly differences: readonly string[];
  /** True where something that a person has set is lost. */
  readonly overwrites: boolean;
}

/** What the two files set now. Throws UsageError for a file that cannot be read. */
export function presentIn(folder: string): Present {
  const policy = readOrNull(folder, policyFile.FILE);
  return {
    ...deployment.settingsIn(readOrNull(folder, deployment.FILE)),
    hasPolicy: policy !== null && !policyFile.isFirst(policy),
  };
}

/** What becomes of deployment.yml and policy.yml in this folder. Writes nothing. Throws UsageError for a file that cannot be read. */
export const changesIn = (folder: string, wanted: Wanted): readonly [deployment: Change, policy: Change] => [
  deploymentChange(readOrNull(folder, deployment.FILE), wanted),
  policyChange(readOrNull(folder, policyFile.FILE), wanted.policy),
];

function deploymentChange(before: string | null, { policy: _, ...wanted }: Wanted): Change {
  const present = deployment.settingsIn(before);
  const changed = Object.entries(wanted).flatMap(([name, to]) => {
    const from = present[name as keyof typeof present];
    return to === undefined || same(from, to) ? [] : [{ name, from, to }];
  });
  const text = deployment.withSettings(before, Object.fromEntries(changed.map(({ name, to }) => [name, to])));
  return {
    file: deployment.FILE,
    before,
    text,
    isNew: before === null,
    differences: changed.map(({ name, from, to }) => `${name}: ${shown(from)} → ${shown(to)}`),
    overwrites: changed.some(({ from }) => from.length > 0),
  };
}

function policyChange(before: string | null, chosen: policyFile.Chosen | undefined): Change {
  const own = { file: policyFile.FILE, before, isNew: before === null };
  if (before !== null && chosen === undefined) return { ...own, text: before, differences: [], overwrites: false };
  const text = policyFile.policyFor(chosen ?? { framework: null, mode: 'detect' });
  if (before === null) return { ...own, text, differences: [], overwrites: false };
  const differences = policyFile.policyDifferences(before, text) ?? ['what stands there is no policy'];
  if (differences.length === 0) return { ...own, text: before, differences, overwrites: false };
  return { ...own, text, differences, overwrites: !policyFile.isFirst(before) };
}

/** True where there is something to write. */
export const isChange = ({ isNew, differences }: Change): boolean => isNew || differences.length > 0;

/** Throws UsageError where it cannot be written. */
export function write(folder: string, { file, text }: Change): void {
  try {
    writeFileSync(join(folder, file), text);
  } catch (error) {
    throw new UsageError(`${file}: ${unwritable(error)}`);
  }
}

function readOrNull(folder: string, file: string): string | null {
  const path = join(folder, file);
  return isThere(path) ? readText(path, file) : null;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const shown = (value: readonly string[] | string): string =>
  value.length === 0 ? 'none' : visible(typeof value === 'string' ? value : value.join(', '));
