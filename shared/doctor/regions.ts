import { enabledRegions } from '../aws/regions.ts';
import { look, ofDeployment, well } from './diagnosis.ts';

/** Whether there are regions that nobody watches. */
export const regions = ofDeployment({
  what: 'regions',
  mend: 'see your permissions: ec2:DescribeRegions',
  async examine({ home, regions: watched }, { engine }) {
    const unwatched = (await enabledRegions(engine.aws(home), home)).filter((region) => !watched.includes(region));
    if (unwatched.length === 0) return well(`all that are enabled are watched: ${watched.join(', ')}`);
    return look(
      `enabled, and not watched: ${unwatched.join(', ')}`,
      'add them to the regions in deployment.yml, and npx serverless deploy; or keep people out of them',
      unwatched.join(' '),
    );
  },
});
