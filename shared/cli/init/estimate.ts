import { controls } from '../../controls/index.ts';
import { detections } from '../../detections/index.ts';
import type { Policy } from '../../policy/policy.ts';
import { lastCounted } from '../costs/counts.ts';
import { ACCOUNTS, linesOf, sumOf } from '../costs/model.ts';
import { countedFor } from '../what-if/cost.ts';
import type { Deployment } from './deployment.ts';

/** What a deployment costs in an account of this size. */
export interface Estimate {
  readonly account: string;
  readonly resources: number;
  readonly changesAMonth: number;
  /** US dollars a month. */
  readonly dollars: number;
}

/** What this deployment would cost a month in accounts of three sizes, as docs/costs.md calculates it: with Slack, and one e-mail address. */
export function estimates({ regions, beatsAnHour, configRules }: Deployment, policy: Policy): readonly Estimate[] {
  const isOn = (one: Parameters<Policy['reachAnywhere']>[0]) => policy.reachAnywhere(one) !== 'off';
  const measured = countedFor(lastCounted(), controls.filter(isOn), detections.filter(isOn));
  return ACCOUNTS.map((account) => {
    const watched = Math.max(regions.length, account.active);
    const lines = linesOf({ ...account, watched, beatsAnHour, configRules }, measured);
    return {
      account: account.name,
      resources: account.resources,
      changesAMonth: account.changes,
      dollars: Math.round(sumOf(lines) * 100) / 100,
    };
  });
}
