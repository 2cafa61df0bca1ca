import { expect, test } from '@jest/globals';
import { Command, Option } from 'commander';
import { UsageError } from '../../shared/cli/errors.ts';
import { controlOption } from '../../shared/cli/options.ts';
import { refuseRepeatedOptions } from '../../shared/cli/single-options.ts';

function parsed(line: string) {
  const command = new Command()
    .option('--json', 'a flag')
    .option('--policy <file>', 'one')
    .option('--no-policy', 'none')
    .option('--since <when>', 'one', '90d')
    .addOption(new Option('--mode <mode>', 'one').choices(['detect', 'remediate']).default('detect'))
    .addOption(controlOption())
    .option('--files <file...>', 'many');
  refuseRepeatedOptions(command);
  return command.parse(line.split(' '), { from: 'user' }).opts();
}

test.each([
  ['--since 1d --since 2d', '--since was given twice; name one'],
  ['--since 1d --since=1d', '--since was given twice; name one'],
  ['--mode detect --json --mode remediate', '--mode was given twice; name one'],
  ['--policy a --policy b', '--policy was given twice; name one'],
  ['--policy a --no-policy', '--policy and --no-policy cannot be combined'],
  ['--no-policy --policy a', '--no-policy and --policy cannot be combined'],
])('%s', (line, message) => {
  expect(() => parsed(line)).toThrow(new UsageError(message));
});

test('a flag, a list and a default may stand beside what is given', () => {
  expect(parsed('--json --json --control a --control b --files c --files d --since 1d')).toMatchObject({
    json: true,
    control: ['a', 'b'],
    files: ['c', 'd'],
    since: '1d',
    mode: 'detect',
  });
  expect(parsed('--no-policy --no-policy')).toMatchObject({ policy: false });
});
