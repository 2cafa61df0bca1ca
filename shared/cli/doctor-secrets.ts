import type { SecretReader, SecretVariable } from '../doctor/diagnosis.ts';
import {
  AddressError,
  type KeptSecret,
  pagerDutyKey,
  signingSecret,
  slackAccess,
  teamsAddress,
} from '../lambda/webhook-address.ts';
import type { Aws } from '../resource.ts';

/** How each function reads its secret. */
const READERS: Readonly<Record<SecretVariable, (source: string, aws: Aws) => KeptSecret<unknown>>> = {
  EVENKEEL_SLACK_SECRET: slackAccess,
  EVENKEEL_SLACK_SIGNING_SECRET: signingSecret,
  EVENKEEL_TEAMS_SECRET: teamsAddress,
  EVENKEEL_PAGERDUTY_SECRET: pagerDutyKey,
};

/** Says what is in the secrets of the functions, read with the permissions of whoever runs the command, and never a value. */
export const secretReader =
  (aws: Aws): SecretReader =>
  async (variable, source) => {
    try {
      const value = await READERS[variable](source, aws)(false);
      if (value instanceof URL) return { kind: 'webhook' };
      return { kind: typeof value === 'object' && value !== null && 'token' in value ? 'bot' : 'key' };
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      return error.isDenied ? { denied: error.message } : { problem: error.message };
    }
  };
