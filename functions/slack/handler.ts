import { createSlackHandler } from '../../shared/lambda/slack.ts';

export const handler = createSlackHandler();
