import type { AnyControl, Mode } from '../../shared/control.ts';
import type { Detection } from '../../shared/detection.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { DOMAINS, type Domain } from '../../shared/service.ts';

/** Controls and detections, of everything or of a part: what rules, roles and bundles follow from. */
export interface Content {
  readonly controls: readonly AnyControl[];
  readonly detections: readonly Detection[];
}

/** The controls by the service of their resource, in the order of its id. */
export const byService = (controls: readonly AnyControl[]): ReadonlyMap<string, readonly AnyControl[]> =>
  new Map(
    [...Map.groupBy(controls, ({ resource }) => resource.service.id as string)].sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** What each domain serves; a domain that serves nothing has no function. */
export const byDomain = ({ controls, detections }: Content): ReadonlyMap<Domain, Content> =>
  new Map(
    DOMAINS.map((domain): [Domain, Content] => [
      domain,
      {
        controls: controls.filter(({ resource }) => resource.service.domain === domain),
        detections: detections.filter(({ service }) => service.domain === domain),
      },
    ]).filter(([, own]) => own.controls.length + own.detections.length > 0),
  );

/** Whether the function of a control makes its calls: in mode remediate, or where people approve by way of the function. */
export function actsUnder(policy: PolicyDocument): (control: AnyControl) => boolean {
  const { reachAnywhere, slackApprovers } = policyFrom(policy);
  const modes: readonly Mode[] = slackApprovers.length > 0 ? ['approve', 'remediate'] : ['remediate'];
  return (control) => modes.includes(reachAnywhere(control));
}

/** What a policy.yml leaves on anywhere: what is off brings no event name, no IAM action and no client. */
export function enabledIn({ controls, detections }: Content, policy: PolicyDocument): Content {
  const { reachAnywhere } = policyFrom(policy);
  return {
    controls: controls.filter((control) => reachAnywhere(control) !== 'off'),
    detections: detections.filter((detection) => reachAnywhere(detection) !== 'off'),
  };
}
