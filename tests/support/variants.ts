import { writeFileSync } from 'node:fs';
import type { Finished } from './command.ts';
import { generate, serverless } from './serverless.ts';

/** As long as a stage may be. */
export const STAGE = 'a-stage-of-20-letter';
export const EMAILS = ['a@example.com', 'b@example.com'];

/** A deployment as a new clone makes it; one with everything that there is; and one in its home region alone. */
const VARIANTS = {
  plain: { policy: null, flags: [] },
  full: {
    policy: 'defaults: { mode: remediate }\n',
    flags: [
      `--stage=${STAGE}`,
      '--param=regions=us-east-1,us-east-2,ap-east-1,eu-west-1',
      `--param=emails=${EMAILS}`,
      '--param=slackSecret=secretsmanager:evenkeel/slack',
      '--param=configRules=true',
      '--param=logRetention=30',
      '--param=concurrency=7',
    ],
  },
  alone: { policy: null, flags: ['--region=us-east-1', '--param=regions=us-east-1'] },
} as const;
export type Variant = keyof typeof VARIANTS;

/** Packages a variant in a copy of the tree. */
export async function packageVariant(name: Variant, tree: string): Promise<Finished> {
  const { policy, flags } = VARIANTS[name];
  if (policy !== null) {
    writeFileSync(`${tree}policy.yml`, policy);
    await generate(tree);
  }
  return serverless(tree, ['package', ...flags]);
}
