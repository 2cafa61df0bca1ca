import { partitionOf } from '../resource.ts';
import { type Bus, busOf, DEFAULT_BUS } from './bus.ts';
import { createInstances, type Deployment, layAnew, physicalIds, restore } from './deployment.ts';
import { counted, ill, ofDeployment, troublesOr, type Verdict } from './diagnosis.ts';
import { unseen } from './run.ts';

const MEND = 'see the region, and your permissions: events:ListRules, events:ListRuleNamesByTarget';

/** Whether the rules of the home region are there, enabled, and have their targets: those that hand events on to our own bus, and those that bring them from there to the functions' queues. */
export const rules = ofDeployment({
  what: 'rules',
  mend: MEND,
  async examine(deployment, { engine }) {
    const wanted = physicalIds(deployment, 'AWS::Events::Rule').map(busAndName);
    const aws = engine.aws(deployment.home);
    const buses = [DEFAULT_BUS, deployment.stack];
    const targets = [...queueArns(deployment), homeBusArn(deployment)];
    const found = await Promise.all(buses.map((bus) => busOf(aws, bus, targets)));
    const troubles = wanted.flatMap(({ bus, name }) => {
      const there = found.find((one) => one.rules.has(name) && (bus === null || bus === one.name));
      return troublesOf(name, there, deployment.home, restore(deployment));
    });
    const lost = found.filter(({ exists }) => !exists).map(({ name }) => busLost(name, deployment));
    return wanted.length === 0
      ? []
      : troublesOr(lost.length > 0 ? lost : troubles, `${counted(wanted.length, 'rule')}, all enabled`);
  },
});

/** Whether every other region forwards its events. */
export const forwarding = ofDeployment({
  what: 'forwarding',
  mend: MEND,
  async examine(deployment, { engine }) {
    const others = deployment.regions.filter((region) => region !== deployment.home);
    const { stack, home } = deployment;
    const prefix = `${stack}-forward-`;
    const read = (region: string) => busOf(engine.aws(region), DEFAULT_BUS, [homeBusArn(deployment)], prefix);
    const seen = await Promise.all(others.map((region) => read(region).catch((error: unknown) => ({ error }))));
    // The stack set lays the same rules everywhere.
    const wanted = [...new Set(seen.flatMap((bus) => ('error' in bus ? [] : [...bus.rules.keys()])))].sort();
    const troubles = others.flatMap((region, index) => {
      const bus = seen[index];
      if (bus === undefined || 'error' in bus) return [unseen(bus?.error, MEND, region)];
      if (bus.rules.size === 0) return [noForwarding(deployment, region)];
      return wanted.flatMap((name) => {
        const there = bus.rules.has(name) ? bus : undefined;
        return troublesOf(name, there, region, layAnew(deployment, region), `${region}: `);
      });
    });
    return others.length === 0 ? [] : troublesOr(troubles, `${counted(others.length, 'region')} forward to ${home}`);
  },
});

const noForwarding = (deployment: Deployment, region: string): Verdict =>
  ill(
    `${region}: no rule forwards its events to ${deployment.home}: the region is not watched`,
    createInstances(deployment, region),
    region,
  );

function troublesOf(name: string, bus: Bus | undefined, region: string, anew: string, where = ''): readonly Verdict[] {
  const about = `${where}${name}`;
  if (bus === undefined) return [ill(`${where}the rule ${name} is missing`, anew, about)];
  const ofBus = bus.name === DEFAULT_BUS ? '' : ` --event-bus-name ${bus.name}`;
  const enable = `aws events enable-rule --name ${name}${ofBus} --region ${region}`;
  if (bus.rules.get(name)?.State === 'DISABLED') return [ill(`${where}the rule ${name} is disabled`, enable, about)];
  if (!bus.aimed.has(name)) return [ill(`${where}the rule ${name} has lost its target`, anew, about)];
  return [];
}

const busLost = (name: string, deployment: Deployment): Verdict =>
  ill(`the event bus ${name} is missing: no event arrives`, restore(deployment), name);

const homeBusArn = ({ stack, home, accountId }: Deployment): string =>
  `arn:${partitionOf(home)}:events:${home}:${accountId}:event-bus/${stack}`;

/** A rule of a bus of its own is called `bus|rule`; the bus may be there by its ARN. */
function busAndName(physicalId: string): { readonly bus: string | null; readonly name: string } {
  const [first = '', second] = physicalId.split('|');
  return second === undefined ? { bus: null, name: first } : { bus: first.split('/').at(-1) ?? first, name: second };
}

const queueArns = (deployment: Deployment): readonly string[] =>
  physicalIds(deployment, 'AWS::SQS::Queue').map(
    (url) =>
      `arn:${partitionOf(deployment.home)}:sqs:${deployment.home}:${deployment.accountId}:${url.split('/').at(-1)}`,
  );
