import { globalRegionOf } from '../aws/partitions.ts';
import { enabledRegions, openRegions } from '../aws/regions.ts';
import type { Deployment } from './deployment.ts';
import { type CheckResult, deploymentCheck, problemsOr, warn } from './diagnosis.ts';

/** Whether every enabled region is watched, and which are left out. */
export const regions = deploymentCheck({
  name: 'regions',
  remedy: 'check your permissions: ec2:DescribeRegions, ec2:DescribeVpcs',
  async run(deployment, { engine }) {
    const { home, regions: watched, leftOut } = deployment;
    const aws = engine.aws(home);
    const known = [...watched, ...leftOut.map(({ region }) => region)];
    const others = (await enabledRegions(aws, home)).filter((region) => !known.includes(region));
    const { open, closed } = await openRegions(aws, others);
    const unwatched =
      open.length === 0
        ? []
        : [
            warn(
              `enabled, but not watched: ${open.join(', ')}`,
              'add them to regions in deployment.yml, then npx serverless deploy; or deny their use by a service control policy',
              open.join(' '),
            ),
          ];
    const denied = closed.map(({ region, reason }) => `${region} (${reason})`);
    const all = `all enabled regions are watched: ${watched.join(', ')}`;
    return problemsOr(
      [...leftOutOf(deployment), ...unwatched, ...withoutGlobal(deployment)],
      denied.length === 0 ? all : `${all}; left out: ${denied.join(', ')}`,
    );
  },
});

const leftOutOf = ({ leftOut }: Deployment): readonly CheckResult[] =>
  leftOut.map(({ region, reason }) =>
    warn(
      `${region} is left out as a whole, neither watched nor swept: ${reason}`,
      `if that is meant, leave it out: "all except ${region}" as regions in deployment.yml, then npx serverless deploy`,
      region,
    ),
  );

/** What is lost where the region of global services is not watched. */
function withoutGlobal({ home, regions: watched, leftOut }: Deployment): readonly CheckResult[] {
  const region = globalRegionOf(home);
  if (watched.includes(region)) return [];
  const whose = leftOut.some((one) => one.region === region) ? 'is left out' : 'is not watched';
  return [
    warn(
      `${region} ${whose}: what happens to IAM, Organizations, CloudFront and the root user is recorded there; the daily sweep finds drift of it, and sign-ins are not detected`,
      `add ${region} to regions in deployment.yml, then npx serverless deploy; where the organization denies it, exempt Evenkeel's roles`,
      `global ${region}`,
    ),
  ];
}
