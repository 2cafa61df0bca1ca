import { beforeAll, expect, test } from '@jest/globals';
import { bundle, bundleOf } from '../support/bundles.ts';
import { copyOfTree } from '../support/tree.ts';

const tree = copyOfTree();
const named = (name: string, pattern: RegExp) => [
  ...new Set(bundleOf(tree, name).inputs.flatMap((path) => pattern.exec(path)?.[1] ?? [])),
];

beforeAll(async () => {
  expect(await bundle(tree)).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('what posts to Slack knows no control and no ledger', () => {
  expect(named('slack', /^shared\/(controls|resources|ledger|policy)\//)).toEqual([]);
  expect(named('slack', /@aws-sdk\/client-([^/]+)/).sort()).toEqual(['secrets-manager', 'sqs', 'ssm']);
  expect(bundleOf(tree, 'slack').bytes).toBeLessThan(1_500_000);
});

test('what answers AWS Config knows every control', () => {
  expect(named('rules', /^shared\/controls\/([^/]+)\//).sort()).toEqual(['cloudtrail', 'config', 'ec2', 's3']);
  expect(bundleOf(tree, 'rules').bytes).toBeLessThan(3_500_000);
});

test('what watches knows no control, and nothing of the command', () => {
  expect(named('watch', /^shared\/(controls|cli|policy\/load|policy\/schema)\b/)).toEqual([]);
  expect(named('watch', /node_modules\/(ajv|yaml|commander|picocolors)\//)).toEqual([]);
  expect(bundleOf(tree, 'watch').bytes).toBeLessThan(2_500_000);
});
