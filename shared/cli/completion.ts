import { readdirSync } from 'node:fs';
import type { Command as Completed } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { SEVERITIES } from '../control.ts';
import { controls } from '../controls/index.ts';
import { detections } from '../detections/index.ts';
import { FRAMEWORKS } from '../frameworks.ts';
import { UsageError } from './errors.ts';

type Value = readonly [value: string, description: string];

const ids = (): readonly Value[] => [...controls, ...detections].map(({ id, title }) => [id, title]);
const services = (): readonly Value[] =>
  [...new Set(controls.map(({ resource }) => resource.service.id))].sort().map((id) => [id, '']);

/** What the values of a flag may be, where commander does not know them. */
const SHELLS = ['bash', 'zsh', 'fish'];
const VALUES: Readonly<Record<string, () => readonly Value[]>> = {
  control: ids,
  service: services,
  severity: () => SEVERITIES.map((severity) => [severity, '']),
  framework: () => FRAMEWORKS.map(({ id, name }) => [id, name]),
  policy: paths,
  file: paths,
  bundle: paths,
  'write-policy': paths,
};

/** What the last word may become as a path. Folders end in a slash; the shells are told to complete no files by themselves. */
function paths(): readonly Value[] {
  const typed = process.argv.at(-1) ?? '';
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  try {
    return readdirSync(folder || '.', { withFileTypes: true }).map((entry) => [
      `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`,
      '',
    ]);
  } catch {
    return [];
  }
}

/** Adds `complete SHELL`, which prints the completion script of bash, zsh or fish, and what such a script asks for. Comes after all other subcommands. */
export function addCompletion(program: Command): void {
  const root = tab(program);
  for (const command of root.commands.values()) completeFlags(command);
  for (const [command, argument, values] of ARGUMENTS) {
    const completed = root.commands.get(command)?.arguments.get(argument);
    if (completed !== undefined) completed.handler = handlerOf(values);
  }
  program.commands
    .find((command) => command.name() === 'complete')
    ?.description('Print the completion script for bash, zsh or fish: source <(evenkeel complete bash)')
    .hook('preAction', (_, { args: [shell] }) => {
      assertShell(shell);
      if (shell === 'bash' && !isAsking()) process.stdout.write(WITHOUT_BASH_COMPLETION);
    });
}

/** The script calls what the package bash-completion defines; where that is not installed, this is enough. */
const WITHOUT_BASH_COMPLETION = `\
if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        local typed=\${COMP_LINE:0:COMP_POINT}
        read -ra words <<< "$typed"
        [[ $typed == *' ' ]] && words+=('')
        cword=$(( \${#words[@]} - 1 ))
        cur=\${words[cword]}
        prev=\${words[cword - 1]}
    }
fi
`;

const isAsking = (): boolean => process.argv.includes('--');

/** A script asks with `--` and what was typed, or with nothing but that. Throws UsageError. */
function assertShell(shell: string | undefined): void {
  if (isAsking() || (shell !== undefined && SHELLS.includes(shell))) return;
  throw new UsageError(`${['complete', shell].filter(Boolean).join(' ')}: allowed: ${SHELLS.join(', ')}`);
}

function completeFlags(command: Completed): void {
  for (const [flag, values] of Object.entries(VALUES)) {
    const option = command.options.get(flag);
    if (option !== undefined) option.handler = handlerOf(values);
  }
}

const handlerOf = (values: () => readonly Value[]) => (complete: (value: string, description: string) => void) => {
  for (const [value, description] of values()) complete(value, description);
};

/** What the arguments of commands may be. */
const ARGUMENTS: readonly (readonly [command: string, argument: string, values: () => readonly Value[]])[] = [
  ['controls', 'id', ids],
  ['replay', 'source', paths],
  ['what-if', 'source', paths],
  ['policy validate', 'file', paths],
  ['policy diff', 'file', paths],
];
