import type { Scene, SceneOutcome, Snapshot } from '../../scenes/scene.ts';
import type { Act, Performance, Ready } from './act.ts';
import type { Screen } from './screen.ts';
import { showScene } from './show.ts';
import type { Stage } from './stage.ts';
import { neighbourProblems, type Played, sceneProblems, secondRunProblems } from './verdict.ts';

/** How a drift may end, from the most that is done. */
const ENDS: readonly SceneOutcome[] = ['remediated', 'awaitingApproval', 'detected'];

/** Creates everything that the scenes need, all of it compliant. */
export async function prepare(stage: Stage, screen: Screen, scenes: readonly Scene[]): Promise<Performance> {
  const ready: Ready[] = [];
  for (const [index, scene] of scenes.entries()) {
    screen.pending(`Building a compliant account: ${index + 1} of ${scenes.length}`);
    const drift = await scene.prepare(stage.account);
    for (const event of drift.earlier ?? []) await stage.replay({ event });
    ready.push({ scene, drift });
  }
  screen.pending('Reading all that is in it');
  // What is only detected of what the scenes begin with (a trail has no key) is none of theirs.
  await stage.mail();
  return { stage, screen, ready, before: await neighboursOf(ready), played: [] };
}

/** What stands beside all the drifts. */
const neighboursOf = async (ready: readonly Ready[]): Promise<Snapshot> =>
  Object.assign({}, ...(await Promise.all(ready.map(({ drift }) => drift.neighbours()))));

/** What has drifted, by the title of its scene. */
const statesOf = async (ready: readonly Ready[]): Promise<Snapshot> =>
  Object.fromEntries(
    await Promise.all(ready.map(async ({ scene, drift }) => [scene.title, await drift.state()] as const)),
  );

const drifts: Act = {
  title: 'Drift: the change, the finding, the remediation, the notification',
  async play({ stage, screen, ready, played }) {
    const problems: string[] = [];
    const shown = new Set<string>();
    for (const [index, { scene, drift }] of ready.entries()) {
      const number = `${index + 1}/${ready.length}`;
      screen.pending(`${number}  ${scene.title}`);
      const happening = await drift.happen();
      const started = performance.now();
      const results = await stage.replay(happening);
      const took = performance.now() - started;
      const mail = await stage.mail();
      const one: Played = { scene, happening, results, mails: mail.length };
      played.push(one);
      const outcome = Object.values(scene.expects)[0] ?? '';
      const wrong = sceneProblems(one);
      showScene(screen, { number, title: scene.title, results, mail, took, whole: !shown.has(outcome), wrong });
      shown.add(outcome);
      problems.push(...wrong);
    }
    // What several controls are about counts once, by the most that was done.
    const endOf = ({ scene: { expects }, results }: Played) =>
      ENDS.find((end) => results.some(({ controlId, outcome }) => outcome === end && expects[controlId ?? ''] === end));
    const ended = (asked: SceneOutcome) => played.filter((one) => endOf(one) === asked).length;
    const summary = `${played.length} drifts: ${ended('remediated')} remediated, ${ended('awaitingApproval')} awaiting approval, ${ended('detected')} notified and left to a person`;
    return { summary, problems };
  },
};

const neighbours: Act = {
  title: 'The neighbours: is everything else as it was, after both runs?',
  async play({ ready, screen, before }) {
    const problems = neighbourProblems(before, await neighboursOf(ready));
    const count = Object.keys(before).length;
    screen.say(`${count} things beside the drifts: rules, statements, shares, buckets, trails, volumes.`, '   ');
    screen.say(problems.length === 0 ? 'All of them are as they were.' : `${problems.length} are not.`, '   ');
    return { summary: `${count - problems.length} of ${count} neighbours untouched`, problems };
  },
};

const secondRun: Act = {
  title: 'The same events once more: a second run must find nothing to do',
  async play({ stage, screen, ready, played }) {
    const before = await statesOf(ready);
    const results = [];
    for (const [index, { happening }] of played.entries()) {
      screen.pending(`${index + 1}/${played.length}`);
      results.push(...(await stage.replay(happening)));
    }
    const mails = (await stage.mail()).length;
    const problems = secondRunProblems(results, mails, before, await statesOf(ready));
    const acted = results.filter(({ outcome }) => outcome === 'remediated').length;
    const same = problems.length === 0 ? ' The account is the same.' : '';
    screen.say(`${played.length} events, ${acted} remediations, ${mails} notifications.${same}`, '   ');
    const summary = problems.length === 0 ? 'second run: nothing to do' : 'second run: NOT quiet';
    return { summary, problems };
  },
};

/** Drift and remediation, that a second run does nothing, and that neither touches anything else. */
export const driftActs: readonly Act[] = [drifts, secondRun, neighbours];
