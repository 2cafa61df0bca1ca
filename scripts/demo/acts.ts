import type { Drift, Scene, Snapshot } from './scene.ts';
import type { Screen } from './screen.ts';
import { showScene } from './show.ts';
import { snapshotOf } from './snapshot/all.ts';
import type { Stage } from './stage.ts';
import { neighboursIn, neighbourTroubles, type Played, sceneTroubles, secondRunTroubles } from './verdict.ts';

/** A demo under way: what the acts hand on to one another. */
export interface Performance {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly ready: readonly (readonly [Scene, Drift])[];
  /** The account before anybody drifted it. */
  readonly before: Snapshot;
  readonly played: Played[];
}

/** How an act went: a few words for the summary, and what was not as it has to be. */
export interface ActReport {
  readonly summary: string;
  readonly troubles: readonly string[];
}

/** One part of the demo. */
export interface Act {
  readonly title: string;
  play(performance: Performance): Promise<ActReport>;
}

/** Makes everything that the scenes need, all of it as it should be. */
export async function prepared(stage: Stage, screen: Screen, scenes: readonly Scene[]): Promise<Performance> {
  const ready: (readonly [Scene, Drift])[] = [];
  for (const [index, scene] of scenes.entries()) {
    screen.pending(`Building an account in which all is well: ${index + 1} of ${scenes.length}`);
    const drift = await scene.prepare(stage.account);
    for (const event of drift.earlier ?? []) await stage.replay(event);
    ready.push([scene, drift]);
  }
  screen.pending('Writing down all that is in it');
  return { stage, screen, ready, before: await snapshotOf(stage.account), played: [] };
}

const drifts: Act = {
  title: 'Drift, one after another: what somebody does, what Evenkeel finds, does and tells',
  async play({ stage, screen, ready, played }) {
    const troubles: string[] = [];
    const shown = new Set<string>();
    for (const [index, [scene, drift]] of ready.entries()) {
      const number = `${index + 1}/${ready.length}`;
      screen.pending(`${number}  ${scene.title}`);
      const { event, leaves = [] } = await drift.happen();
      const started = performance.now();
      const results = await stage.replay(event);
      const took = performance.now() - started;
      const mail = await stage.mail();
      const one: Played = { scene, event, results, mails: mail.length, leaves };
      played.push(one);
      const outcome = Object.values(scene.expects)[0] ?? '';
      const trouble = sceneTroubles(one);
      showScene(screen, { number, title: scene.title, results, mail, took, whole: !shown.has(outcome), trouble });
      shown.add(outcome);
      troubles.push(...trouble);
    }
    const left = played.filter(({ results }) => results.some(({ outcome }) => outcome === 'detected')).length;
    const right = played.filter(({ results }) => results.some(({ outcome }) => outcome === 'remediated')).length;
    return { summary: `${played.length} drifts: ${right} put right, ${left} told and left to a person`, troubles };
  },
};

const neighbours: Act = {
  title: 'The neighbours: is everything else as it was?',
  async play({ stage, screen, before, played }) {
    const leaves = played.flatMap((one) => one.leaves);
    const troubles = neighbourTroubles(before, await snapshotOf(stage.account), leaves);
    const count = neighboursIn(before, leaves);
    screen.say(`${count} things stood beside the drifts: rules, statements, shares, buckets, trails, volumes.`, '   ');
    screen.say(troubles.length === 0 ? 'All of them are as they were.' : `${troubles.length} are not.`, '   ');
    return { summary: `${count - troubles.length} of ${count} neighbours untouched`, troubles };
  },
};

const again: Act = {
  title: 'The same events once more: a second run must find nothing to do',
  async play({ stage, screen, played }) {
    const before = await snapshotOf(stage.account);
    const results = [];
    for (const [index, { event }] of played.entries()) {
      screen.pending(`${index + 1}/${played.length}`);
      results.push(...(await stage.replay(event)));
    }
    const mails = (await stage.mail()).length;
    const troubles = secondRunTroubles(results, mails, before, await snapshotOf(stage.account));
    const acted = results.filter(({ remediationId }) => remediationId !== null).length;
    const same = troubles.length === 0 ? ' The account is the same.' : '';
    screen.say(`${played.length} events, ${acted} remediations, ${mails} notices.${same}`, '   ');
    const summary = troubles.length === 0 ? 'second run: nothing to do' : 'second run: NOT quiet';
    return { summary, troubles };
  },
};

/** The first parts of the demo, in order: drifts and what they leave. */
export const openActs: readonly Act[] = [drifts, neighbours, again];
