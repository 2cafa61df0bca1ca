/** Prepares one round, which is not timed, and gives the work of it, which is. */
export type Contender = () => Promise<() => Promise<unknown>>;

interface Options<Name extends string> {
  readonly rounds: number;
  /** Hears of each round: how many milliseconds each contender took. */
  say?(round: number, took: Readonly<Record<Name, number>>): void;
  /** Milliseconds since some fixed moment. */
  now?(): number;
}

/** Lets contenders work one after the other, round after round, so that whatever slows the machine down slows all of them; a round before the first is not counted. Gives the median of each in milliseconds. Throws what a contender throws. */
export async function inTurn<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { rounds, say = () => {}, now = () => performance.now() }: Options<Name>,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(contenders) as Name[];
  const each = <T>(of: (name: Name) => T) =>
    Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>;
  const all = each((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    const took = each(() => 0);
    for (const name of names) {
      const work = await contenders[name]();
      const started = now();
      await work();
      took[name] = now() - started;
    }
    if (round === 0) continue;
    for (const name of names) all[name].push(took[name]);
    say(round, took);
  }
  return each((name) => median(all[name]));
}

/** The middle of the values, of an even number the upper of the two; 0 where there is none. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
