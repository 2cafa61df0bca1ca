import type { AnyControl, Context } from '../../control.ts';
import type { Engine } from '../context.ts';

/** Of what is kept of a resource, what this control names as `lastKnown`: what others keep changes nothing of its state. Null where nothing is. */
export function lastKnownBy({ lastKnown: names = [] }: AnyControl, kept: object | null): object | null {
  const own = Object.entries(kept ?? {}).filter(([name]) => (names as readonly string[]).includes(name));
  return own.length === 0 ? null : Object.fromEntries(own);
}

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
