const { partition } = require('@aws-sdk/core/client');
const { globalRegionOf } = require('../shared/aws/partitions.ts');

/** The regions that every account has without opting in. Closed lists: regions that AWS opened since March 2019 have to be opted in to, and the SDK's data does not say so. In partitions without an entry an account names its regions itself. */
const WITHOUT_OPT_IN = {
  aws: [
    ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
    ...['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'ap-northeast-1', 'ap-northeast-2'],
    ...['ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
  ],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-west-1', 'us-gov-east-1'],
};

const REGION = /^[a-z]+(-[a-z]+)+-\d+$/;
const withoutOptIn = (region) => WITHOUT_OPT_IN[partition(region).name] ?? [];

/** Whether there is such a region, by the SDK's data: of what only looks like one it has no description. */
const isRegion = (region) => REGION.test(region) && partition(region).description !== undefined;

/** Whether an account has the region only after opting in. */
const isOptIn = (region) => partition(region).name === 'aws' && !withoutOptIn(region).includes(region);

/** Whether changes of one can be forwarded to the other: no event leaves a partition. */
const areTogether = (one, other) => isRegion(one) && partition(one).name === partition(other).name;

/** Home first, then the others: those that are named, or `all` that every account has, and the region of the global services, without those that are left out in words. */
function allRegions(home, { named, except }) {
  const others = [globalRegionOf(home), ...(named === 'all' ? withoutOptIn(home) : named)];
  return [home, ...new Set(others.filter((region) => region !== home && !except.includes(region)))];
}

module.exports = { isRegion, isOptIn, areTogether, allRegions };
