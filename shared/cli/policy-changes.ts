import microdiff from 'microdiff';
import type { AnyControl, Mode, Severity } from '../control.ts';
import { controls } from '../controls/index.ts';
import type { Detection } from '../detection.ts';
import { detections } from '../detections/index.ts';
import { lower } from '../engine/run/modes.ts';
import type { Policy, PolicyDocument } from '../policy/policy.ts';

/** What another policy changes of one control or detection. */
export interface ControlChange {
  readonly controlId: string;
  readonly severity: Severity;
  readonly from: Mode;
  readonly to: Mode;
  /** The highest modes, where a rule under `matches` sets another one somewhere. */
  readonly highest: { readonly from: Mode; readonly to: Mode };
  readonly parameters: { readonly from: unknown; readonly to: unknown } | null;
  /** IAM actions that the functions' roles gain by it. */
  readonly permissions: readonly string[];
}

const ACTING: readonly Mode[] = ['approve', 'remediate'];
const NOWHERE = { ref: { resourceType: '', resourceId: '', accountId: '', region: '' }, arn: '', tags: null };

type Judge = AnyControl | Detection;

/** The controls and detections whose mode or parameters differ, those that may do more first. */
export function controlChanges(from: Policy, to: Policy): readonly ControlChange[] {
  const granted = new Set(controls.filter((one) => acts(from, one)).flatMap(actionsOf));
  return [...controls, ...detections]
    .map((judge) => changeOf(judge, from, to, granted))
    .filter((change) => isChange(change))
    .toSorted((a, b) => a.controlId.localeCompare(b.controlId));
}

const isChange = ({ from, to, highest, parameters }: ControlChange): boolean =>
  from !== to || highest.from !== highest.to || parameters !== null;

const acts = (policy: Policy, control: AnyControl): boolean => ACTING.includes(policy.reachAnywhere(control));
const actionsOf = (control: AnyControl): readonly string[] => Object.keys(control.permissions);

function changeOf(judge: Judge, from: Policy, to: Policy, granted: ReadonlySet<string>): ControlChange {
  const [before, after] = [from.settingsFor(judge, NOWHERE), to.settingsFor(judge, NOWHERE)];
  const isControl = 'resource' in judge;
  // A detection never does more than detect.
  const capped = (mode: Mode): Mode => (isControl ? mode : lower(mode, 'detect'));
  const isSame = JSON.stringify(before.parameters) === JSON.stringify(after.parameters);
  return {
    controlId: judge.id,
    severity: judge.severity,
    from: capped(before.mode),
    to: capped(after.mode),
    highest: { from: capped(from.reachAnywhere(judge)), to: capped(to.reachAnywhere(judge)) },
    parameters: isSame ? null : { from: before.parameters, to: after.parameters },
    permissions: isControl && acts(to, judge) ? actionsOf(judge).filter((action) => !granted.has(action)) : [],
  };
}

/** A setting beside those of controls: where it stands, and its values. */
export interface SettingChange {
  readonly setting: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What differs beside the modes and parameters of controls: exemptions, owners, limits, notifications, who is trusted. */
export function settingChanges(from: PolicyDocument | null, to: PolicyDocument | null): readonly SettingChange[] {
  const { defaults: _d, controls: _c, ...before } = from ?? {};
  const { defaults: _e, controls: _f, ...after } = to ?? {};
  return microdiff(before, after).map((difference) => ({
    setting: difference.path.join('.'),
    from: difference.type === 'CREATE' ? null : difference.oldValue,
    to: difference.type === 'REMOVE' ? null : difference.value,
  }));
}
