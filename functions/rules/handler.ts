import policy from '../../policy.yml';
import { controls } from '../../shared/controls/index.ts';
import { createRulesHandler } from '../../shared/lambda/config-rules.ts';

// Any rule may name any control: unlike the functions of the services, this bundle holds them all.
export const handler = createRulesHandler(controls, policy);
