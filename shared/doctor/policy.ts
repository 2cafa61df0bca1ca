import { type Check, ok, warn } from './diagnosis.ts';

/** Which policy.yml applies, and whether it is the deployed one. */
export const policy: Check = {
  name: 'policy',
  remedy: 'see npx evenkeel controls --help',
  async run({ engine, deployment }) {
    const here = engine.policy.version;
    const deployed = deployment?.outputs.PolicyVersion;
    if (deployed === undefined || deployed === here) return ok(`version ${here}`);
    return warn(
      `version ${here} here, ${deployed} deployed: what this command reports may not apply there`,
      'check out the deployed commit, or npx serverless deploy',
    );
  },
};
