import { partitionOf } from '../resource.ts';
import { counted } from '../text.ts';
import { type Bus, busOf, DEFAULT_BUS } from './bus.ts';
import { type Deployment, deployForwarding, physicalIds, redeployForwarding, revertDrift } from './deployment.ts';
import { type CheckResult, deploymentCheck, fail, problemsOr, unreadable } from './diagnosis.ts';

const REMEDY = 'check the region, and your permissions: events:ListRules, events:ListRuleNamesByTarget';

/** Whether the rules of the home region exist, are enabled and have their targets: from the default bus to our own, and from there to the functions' queues. */
export const rules = deploymentCheck({
  name: 'rules',
  remedy: REMEDY,
  async run(deployment, { engine }) {
    const expected = physicalIds(deployment, 'AWS::Events::Rule').map(busAndName);
    const aws = engine.aws(deployment.home);
    const buses = [DEFAULT_BUS, deployment.stack];
    const targets = [...queueArns(deployment), homeBusArn(deployment)];
    const found = await Promise.all(buses.map((bus) => busOf(aws, bus, targets)));
    const problems = expected.flatMap(({ bus, name }) => {
      const actual = found.find((one) => one.rules.has(name) && (bus === null || bus === one.name));
      return problemsOf(name, actual, deployment.home, revertDrift(deployment));
    });
    const missing = found.filter(({ exists }) => !exists).map(({ name }) => missingBus(name, deployment));
    return expected.length === 0
      ? []
      : problemsOr(missing.length > 0 ? missing : problems, `${counted(expected.length, 'rule')}, all enabled`);
  },
});

/** Whether every other region forwards its events. */
export const forwarding = deploymentCheck({
  name: 'forwarding',
  remedy: REMEDY,
  async run(deployment, { engine }) {
    const others = deployment.regions.filter((region) => region !== deployment.home);
    const { stack, home } = deployment;
    const prefix = `${stack}-forward-`;
    const read = (region: string) => busOf(engine.aws(region), DEFAULT_BUS, [homeBusArn(deployment)], prefix);
    const buses = await Promise.all(others.map((region) => read(region).catch((error: unknown) => ({ error }))));
    // The stack set deploys the same rules to every region.
    const expected = [...new Set(buses.flatMap((bus) => ('error' in bus ? [] : [...bus.rules.keys()])))].sort();
    const problems = others.flatMap((region, index) => {
      const bus = buses[index];
      if (bus === undefined || 'error' in bus) return [unreadable(bus?.error, REMEDY, region)];
      if (bus.rules.size === 0) return [noForwarding(deployment, region)];
      return expected.flatMap((name) => {
        const actual = bus.rules.has(name) ? bus : undefined;
        return problemsOf(name, actual, region, redeployForwarding(deployment, region), `${region}: `);
      });
    });
    return others.length === 0 ? [] : problemsOr(problems, `${counted(others.length, 'region')} forwarding to ${home}`);
  },
});

const noForwarding = (deployment: Deployment, region: string): CheckResult =>
  fail(
    `${region}: no rule forwards its events to ${deployment.home}: changes there go unseen`,
    deployForwarding(deployment, region),
    region,
  );

function problemsOf(
  name: string,
  bus: Bus | undefined,
  region: string,
  redeploy: string,
  where = '',
): readonly CheckResult[] {
  const subject = `${where}${name}`;
  if (bus === undefined) return [fail(`${where}the rule ${name} is missing`, redeploy, subject)];
  const ofBus = bus.name === DEFAULT_BUS ? '' : ` --event-bus-name ${bus.name}`;
  const enable = `aws events enable-rule --name ${name}${ofBus} --region ${region}`;
  if (bus.rules.get(name)?.State === 'DISABLED') return [fail(`${where}the rule ${name} is disabled`, enable, subject)];
  if (!bus.targeted.has(name)) return [fail(`${where}the rule ${name} has no target`, redeploy, subject)];
  return [];
}

const missingBus = (name: string, deployment: Deployment): CheckResult =>
  fail(`the event bus ${name} is missing: no events arrive`, revertDrift(deployment), name);

const homeBusArn = ({ stack, home, accountId }: Deployment): string =>
  `arn:${partitionOf(home)}:events:${home}:${accountId}:event-bus/${stack}`;

/** The physical id of a rule on another bus than the default one is `bus|rule`, the bus by its name or ARN. */
function busAndName(physicalId: string): { readonly bus: string | null; readonly name: string } {
  const [first = '', second] = physicalId.split('|');
  return second === undefined ? { bus: null, name: first } : { bus: first.split('/').at(-1) ?? first, name: second };
}

const queueArns = (deployment: Deployment): readonly string[] =>
  physicalIds(deployment, 'AWS::SQS::Queue').map(
    (url) =>
      `arn:${partitionOf(deployment.home)}:sqs:${deployment.home}:${deployment.accountId}:${url.split('/').at(-1)}`,
  );
