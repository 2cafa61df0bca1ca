import { createTeamsHandler } from '../../shared/lambda/teams.ts';

export const handler = createTeamsHandler();
