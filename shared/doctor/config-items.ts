import type { Aws } from '../resource.ts';
import { configAccount } from '../resources/config/account.ts';
import { type CheckResult, deploymentCheck, listed, ok, unreadable, warn } from './diagnosis.ts';

const REMEDY =
  'check the region, and your permissions: config:DescribeConfigurationRecorders, config:DescribeConfigurationRecorderStatus';

/** Whether the items of AWS Config arrive from a region, in words; `isStopped`: the account's own recorder is not recording. */
interface Arrival {
  readonly region: string;
  readonly words: string;
  readonly isStopped?: true;
}

/** Whether AWS Config's items reach us in each region: only those of a recorder of the account's own do. No error without them: changes are seen by CloudTrail. */
export const configItems = deploymentCheck({
  name: 'config items',
  remedy: REMEDY,
  async run({ regions }, { engine }) {
    const read = (region: string) =>
      arrivalFrom(region, engine.aws(region)).catch((error: unknown) => unreadable(error, REMEDY, region));
    const found = await Promise.all(regions.map(read));
    const arrivals = found.flatMap((one) => ('words' in one ? [one] : []));
    const problems = found.flatMap((one) => ('words' in one ? (one.isStopped ? [stopped(one)] : []) : [one]));
    const rest = Map.groupBy(
      arrivals.filter(({ isStopped }) => !isStopped),
      ({ words }) => words,
    );
    const said = [...rest].map(([words, some]) => `${words} ${some.map(({ region }) => region).join(', ')}`);
    return said.length === 0 ? problems : [...problems, ok(listed(said))];
  },
});

async function arrivalFrom(region: string, aws: Aws): Promise<Arrival> {
  const { recorders, status, serviceLinked } = configAccount.facets;
  const [recorder] = await recorders.read(aws);
  if (recorder !== undefined)
    return (await status.read(aws)).some(({ name, recording }) => name === recorder.name && recording)
      ? { region, words: 'arrive from' }
      : { region, words: `the recorder ${recorder.name} is not recording`, isStopped: true };
  const [linked] = await serviceLinked.read(aws);
  const why = linked === undefined ? 'no recorder' : `${linked.name} records for Security Hub alone`;
  return { region, words: `none (${why}; CloudTrail brings the changes) from` };
}

const stopped = ({ region, words }: Arrival): CheckResult =>
  warn(
    `${region}: no items arrive, ${words}; CloudTrail brings the changes`,
    `npx evenkeel sweep --control config-recorder-enabled --region ${region}`,
    region,
  );
