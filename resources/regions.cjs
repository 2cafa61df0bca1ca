const words = (...lines) => lines.flatMap((line) => line.split(' '));

/** The regions of AWS by partition. `every`: those that every account has without opting in; the first is where global services report. */
const PARTITIONS = {
  aws: {
    every: words(
      'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1',
      'eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3',
      'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2',
    ),
    optIn: words(
      'af-south-1 ca-west-1 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-west-1',
      'eu-central-2 eu-south-1 eu-south-2',
      'ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7',
    ),
  },
  'aws-cn': { every: ['cn-north-1', 'cn-northwest-1'], optIn: [] },
  'aws-us-gov': { every: ['us-gov-west-1', 'us-gov-east-1'], optIn: [] },
};

const partitionOf = (region) =>
  Object.values(PARTITIONS).find(({ every, optIn }) => every.includes(region) || optIn.includes(region));

/** Whether there is such a region. */
const isRegion = (region) => partitionOf(region) !== undefined;

/** Whether an account has the region only after opting in. */
const isOptIn = (region) => partitionOf(region).optIn.includes(region);

/** Whether changes of one can be forwarded to the other: no event leaves a partition. */
const areTogether = (one, other) => isRegion(one) && partitionOf(one) === partitionOf(other);

/** Home first, then the others: a list, or `all` that every account has. The region of the global services is never left out. */
function allRegions(home, regions) {
  const { every } = partitionOf(home);
  return [...new Set([home, ...(regions === 'all' ? every : [every[0], ...regions])])];
}

module.exports = { isRegion, isOptIn, areTogether, allRegions };
