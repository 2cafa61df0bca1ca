import type { Drift, Scene, Snapshot } from '../../scenes/scene.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';
import type { Played } from './verdict.ts';

/** A scene whose drift can happen. */
export interface Ready {
  readonly scene: Scene;
  readonly drift: Drift;
}

/** A demo under way: what the acts hand on to one another. */
export interface Performance {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly ready: readonly Ready[];
  /** What stands beside the drifts, before the first of them. */
  readonly before: Snapshot;
  readonly played: Played[];
}

/** How an act went: a few words for the summary, and what was not as expected. */
export interface ActReport {
  readonly summary: string;
  readonly problems: readonly string[];
}

/** One part of the demo. */
export interface Act {
  readonly title: string;
  play(performance: Performance): Promise<ActReport>;
}
