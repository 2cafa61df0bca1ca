import { readFileSync } from 'node:fs';
import { isKilled, type Mutant } from './mutants.ts';

/** The score of a source file, and a line for each mutant that survived. */
export function report(root: string, source: string, mutants: readonly Mutant[] | null): readonly string[] {
  if (mutants === null) return [`${source}  no test loads it`];
  // A mutant that does not run says nothing about the tests.
  const ran = mutants.filter(({ status }) => status !== 'CompileError' && status !== 'RuntimeError');
  const survived = ran.filter((mutant) => !isKilled(mutant));
  const timeouts = ran.filter(({ status }) => status === 'Timeout').length;
  const killed = ran.length - survived.length;
  if (ran.length === 0) return [`${source}  no mutants`];
  return [
    `${source}  ${((100 * killed) / ran.length).toFixed(1)} %  (${killed} of ${ran.length} killed, ${timeouts} by timeout)`,
    ...survived.map((mutant) => `  ${mutant.status}  ${describeMutant(root, mutant)}`),
  ];
}

/** `shared/ledger/lease.ts:44:59 ConditionalExpression: holder !== null → true`. */
function describeMutant(root: string, mutant: Mutant): string {
  const { source, location, mutatorName, replacement } = mutant;
  const { start, end } = location;
  const lines = readFileSync(root + source, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  const original = lines.join('\n').slice(start.column - 1);
  const place = `${source}:${start.line}:${start.column}`;
  return `${place} ${mutatorName}: ${oneLine(original)} → ${oneLine(replacement)}`;
}

const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
};
