import { type Examination, look, well } from './diagnosis.ts';

/** Which policy.yml holds, and whether it is the one that is deployed. */
export const policy: Examination = {
  what: 'policy',
  mend: 'see evenkeel controls --help',
  async examine({ engine, deployment }) {
    const here = engine.policy.version;
    const deployed = deployment?.outputs.PolicyVersion;
    if (deployed === undefined || deployed === here) return well(`version ${here}`);
    return look(
      `version ${here} here, ${deployed} is deployed: what is said here is not what holds there`,
      'go to the commit that is deployed, or npx serverless deploy',
    );
  },
};
