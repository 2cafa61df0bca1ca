import policy from '../../policy.yml';
import { createWatchHandler } from '../../shared/watch/handler.ts';
import { domains, swept } from './domains.ts';

export const handler = createWatchHandler({ policy, domains, services: swept });
