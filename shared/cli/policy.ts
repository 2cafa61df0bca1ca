import { lstatSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controls } from '../controls/index.ts';
import { detections } from '../detections/index.ts';
import { PolicyError, parsePolicy } from '../policy/load.ts';
import type { Policy, PolicyDocument } from '../policy/policy.ts';
import { policyFrom } from '../policy/settings.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import type { CommonOptions } from './options.ts';

/** The policy in force, and where it was read. */
export interface ChosenPolicy {
  /** `null` for --no-policy; `{}` where there is no file. */
  readonly document: PolicyDocument | null;
  readonly policy: Policy;
  /** For people: the file, or what applies without one. */
  readonly source: string;
}

/** The clone's own policy: what the command may do must not depend on the current folder. */
export const CLONE_POLICY = fileURLToPath(new URL('../../policy.yml', import.meta.url));

/** The policy of --no-policy or --policy, else of EVENKEEL_POLICY, else of the clone. Throws UsageError for an unreadable file, PolicyError for an invalid one. */
export function policyOf({ policy }: Pick<CommonOptions, 'policy'>, clone = CLONE_POLICY): ChosenPolicy {
  if (policy === false) return chosen(null, '--no-policy: recommended modes');
  const named = policy ?? (process.env.EVENKEEL_POLICY || undefined);
  const file = named ?? fromHere(clone);
  if (named === undefined && !isThere(clone)) return chosen({}, 'no policy.yml: detect only');
  return chosen(parsePolicy(readText(named ?? clone, file), file, controls, detections), `policy ${file}`);
}

/** True for a link that leads nowhere too: that is no reason to go on without what it was to lead to. */
export const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** For subcommands that act on no resource: instead of an unreadable or invalid policy, one that remediates nothing, and the error in one line. */
export function policyOrDetect(options: Pick<CommonOptions, 'policy'>): Pick<ChosenPolicy, 'policy' | 'source'> & {
  readonly error: string | null;
} {
  try {
    return { ...policyOf(options), error: null };
  } catch (error) {
    if (!(error instanceof PolicyError || error instanceof UsageError)) throw error;
    return {
      policy: policyFrom({}),
      source: 'no usable policy: detect only',
      error: firstOf(error.message.split('\n')),
    };
  }
}

const chosen = (document: PolicyDocument | null, source: string): ChosenPolicy => ({
  document,
  policy: policyFrom(document),
  source,
});

/** Relative to the current folder where the file is below it. */
function fromHere(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

const firstOf = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} (and ${more.length} more)`;
