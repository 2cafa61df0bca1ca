import opening from '../../scenes/ec2/ec2-security-group-admin-ports-restricted.ts';
import { loadScenes } from '../../scenes/index.ts';
import type { Scene, SceneOutcome } from '../../scenes/scene.ts';
import { type Mode, SEVERITIES, type Severity } from '../../shared/control.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';

interface Judge {
  readonly id: string;
  /** Of a control: what it is about. */
  readonly resource?: { readonly service: { readonly id: string } };
  readonly severity: Severity;
  readonly recommendedMode: Mode;
}

const judges: ReadonlyMap<string, Judge> = new Map([...controls, ...detections].map((one) => [one.id, one]));

/** Every drift that the default parameters find, the most severe first, with how it ends where each control is in its recommended mode. */
export async function demoScenes(): Promise<readonly Scene[]> {
  const scenes = (await loadScenes()).flatMap(({ proof, more }) => [proof, ...more]);
  return scenes
    .filter(({ parameters, alone }) => parameters === undefined && alone === undefined)
    .map((scene) => ({ ...scene, expects: recommended(scene.expects) }))
    .sort((a, b) => Number(opens(b)) - Number(opens(a)) || severityOf(b) - severityOf(a));
}

/** Of the drifts of each service that end alike, the first: enough to see how Evenkeel works, in a fifth of a minute. */
export function shortened(scenes: readonly Scene[]): readonly Scene[] {
  const kindOf = ({ expects }: Scene) =>
    Object.entries(expects).map(([id, outcome]) => `${judges.get(id)?.resource?.service.id} ${outcome}`)[0];
  return scenes.filter((scene, index) => scenes.findIndex((one) => kindOf(one) === kindOf(scene)) === index);
}

/** The drift that every reader knows. */
const opens = ({ title }: Scene): boolean => title === opening.title;

const severityOf = ({ expects }: Scene): number =>
  Math.max(...Object.keys(expects).map((id) => SEVERITIES.indexOf(judges.get(id)?.severity ?? 'LOW')));

/** How a scene ends where each control is in its recommended mode. */
export const recommended = (expects: Scene['expects']): Scene['expects'] =>
  Object.fromEntries(
    Object.entries(expects).map(([id, outcome]) => [id, endIn(judges.get(id)?.recommendedMode ?? 'detect', outcome)]),
  );

/** How a drift ends in a mode that ends so where it is `remediate`. */
function endIn(mode: Mode, outcome: SceneOutcome): SceneOutcome {
  if (mode === 'remediate' || outcome !== 'remediated') return outcome;
  return mode === 'approve' ? 'awaitingApproval' : 'detected';
}
