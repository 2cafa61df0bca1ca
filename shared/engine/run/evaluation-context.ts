import type { Context } from '../../control.ts';
import type { Engine } from '../context.ts';

/** What every evaluation and plan of a control is given beside the state. `lastKnown`: null where nothing is known. */
export const contextOf = (
  { clock, home, policy: { trusted } }: Pick<Engine, 'clock' | 'home' | 'policy'>,
  parameters: Context['parameters'],
  lastKnown: object | null,
): Context => ({
  parameters,
  now: clock.now(),
  lastKnown,
  ...(home === undefined ? {} : { home }),
  ...(trusted === null ? {} : { trusted }),
});
