import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { awsClients } from '../aws/clients.ts';
import { teamsMessage } from '../notify/teams.ts';
import { postJson, type Service } from '../notify/webhook.ts';
import { emitter } from './metrics.ts';
import { topicHandler } from './topic-handler.ts';
import { teamsAddress } from './webhook-address.ts';

/** Teams takes about four messages a second of a workflow, and answers 429 without a time. */
const TEAMS: Service = { name: 'Microsoft Teams', retryAfterS: 5 };

/** The Lambda handler that posts the messages of the topic to the workflow whose address is in `EVENKEEL_TEAMS_SECRET`. */
export function createTeamsHandler() {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const aws = awsClients()(process.env.AWS_REGION ?? '');
  const address = teamsAddress(process.env.EVENKEEL_TEAMS_SECRET, aws);
  return topicHandler(
    {
      deliver: (message, time) => postJson(teamsMessage(message), { ...time, address }, TEAMS),
      count: (isPosted) => emit(isPosted ? 'TeamsPosted' : 'TeamsFailed', 1),
    },
    { aws, logger },
  );
}
