import type { FaultsSummary } from './run.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((before, number) => before + number, 0);

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, times]) => `${times} ${name}`)
    .join(', ');

/** A summary for people. */
export function reportOf({
  seed,
  resources,
  calls,
  writes,
  faults,
  kills,
  outcomes,
  notifications,
  violations,
}: FaultsSummary): string {
  const byPhase = (name: string) => kills.filter(({ phase }) => phase.startsWith(name)).length;
  const after = kills.filter(({ isAfterWrite }) => isAfterWrite).length;
  const others = kills.length - byPhase('remediate') - byPhase('undo') - byPhase('approve');
  return [
    `seed ${seed}: ${resources} resources, ${calls} calls, ${writes} writes to the account, ${notifications} notifications`,
    `${sum(Object.values(faults))} faults: ${listed(faults as Record<string, number>)}`,
    `${kills.length} kills: ${byPhase('remediate')} in remediate, ${byPhase('undo')} in undo, ${byPhase('approve')} in approve, ${others} elsewhere; ${after} after a write`,
    `outcomes: ${listed(outcomes)}`,
    `${violations.length} violations${violations.length === 0 ? '' : ':'}`,
    ...violations.map((one) => `  ${one}`),
    '',
  ].join('\n');
}
