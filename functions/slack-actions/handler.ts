import policy from '../../policy.yml';
import { createSlackActionsHandler } from '../../shared/lambda/slack-actions.ts';
import { domains } from '../watch/domains.ts';

export const handler = createSlackActionsHandler({ policy, domains });
