import { enabledRegions } from '../aws/regions.ts';
import { deploymentCheck, ok, warn } from './diagnosis.ts';

/** Whether every enabled region is watched. */
export const regions = deploymentCheck({
  name: 'regions',
  remedy: 'check your permissions: ec2:DescribeRegions',
  async run({ home, regions: watched }, { engine }) {
    const unwatched = (await enabledRegions(engine.aws(home), home)).filter((region) => !watched.includes(region));
    if (unwatched.length === 0) return ok(`all enabled regions are watched: ${watched.join(', ')}`);
    return warn(
      `enabled, but not watched: ${unwatched.join(', ')}`,
      'add them to regions in deployment.yml, then npx serverless deploy; or deny their use by a service control policy',
      unwatched.join(' '),
    );
  },
});
