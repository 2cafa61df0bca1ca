import policy from '../../policy.yml';
import { createWatchHandler } from '../../shared/watch/handler.ts';
import { services } from './services.ts';

export const handler = createWatchHandler(policy, services);
