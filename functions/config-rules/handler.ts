import policy from '../../policy.yml';
import { createRulesHandler } from '../../shared/lambda/config-rules.ts';
import { services } from './services.ts';

export const handler = createRulesHandler(services, policy);
