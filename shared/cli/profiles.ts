import { loadSharedConfigFiles } from '@smithy/core/config';
import { closest } from 'fastest-levenshtein';
import { UsageError } from './errors.ts';

/** Profiles that a message lists. */
const MAX_LISTED = 8;

/** Throws UsageError unless a file of the AWS settings has this profile. `given`: where it was named. */
export async function assertProfile(given: string, profile: string): Promise<void> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const profiles = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])].filter(isProfile).sort();
  if (profiles.includes(profile)) return;
  const known =
    profiles.length === 0
      ? 'there are none: aws configure sso makes one'
      : `did you mean ${closest(profile, profiles)}?${listed(profiles)}`;
  throw new UsageError(`${given} ${profile}: no such profile${orKeys(given)}; ${known}`);
}

/** Keys in the environment are of use only where no profile is named. */
const orKeys = (given: string): string =>
  given === 'AWS_PROFILE' && process.env.AWS_ACCESS_KEY_ID
    ? ' (unset it to use the access key of the environment)'
    : '';

/** The files hold other sections too: `sso-session.x`, `services.x`. */
const isProfile = (section: string): boolean => !/^(sso-session|services)\./.test(section);

const listed = (profiles: readonly string[]): string =>
  profiles.length > 1 && profiles.length <= MAX_LISTED ? ` There are ${profiles.join(', ')}` : '';
