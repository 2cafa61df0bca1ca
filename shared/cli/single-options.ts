import type { Command, Option } from 'commander';
import { UsageError } from './errors.ts';

/** Lets an option that takes one value end the command with a UsageError where it is given twice, or beside its own negation: the last would win in silence. */
export function refuseRepeatedOptions(command: Command): void {
  const given = new Set<string>();
  for (const option of command.options.filter(isDecisive))
    command.on(`option:${option.name()}`, () => {
      const flag = `--${option.name()}`;
      if (given.has(flag) && !option.negate) throw new UsageError(`${flag} was given twice; name one`);
      given.add(flag);
      const opposite = oppositeOf(option);
      if (given.has(opposite)) throw new UsageError(`${opposite} and ${flag} cannot be combined`);
    });
}

/** True for an option of one value, and for one that negates another; lists begin empty, and a flag says the same twice. */
const isDecisive = ({ required, optional, variadic, negate, defaultValue }: Option): boolean =>
  negate || ((required || optional) && !variadic && !Array.isArray(defaultValue));

const oppositeOf = (option: Option): string =>
  option.negate ? `--${option.attributeName()}` : `--no-${option.name()}`;
