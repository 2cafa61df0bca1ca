import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/catalogue.ts';
import { FRAMEWORK_ENV } from '../../scripts/sandbox/configured-tree.ts';
import { type Finished, run } from './command.ts';

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has properties of its own, and the assertions say which
  readonly Properties: any;
}
export type Resources = Readonly<Record<string, Resource>>;

export interface Template {
  readonly Resources: Resources;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

export const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
/** For this account alone. */
export const HERE = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
/** For nobody else, where the service says for whom it acts. */
export const NOWHERE_ELSE = { StringEqualsIfExists: HERE.StringEquals };

/** Milliseconds that packaging and deploying may take where others use the processor too. */
export const PATIENCE = 240_000;

const SERVERLESS = join(ROOT, 'node_modules/serverless/bin/serverless.js');

/** `npx serverless` in a tree; without `env` nobody is logged in and AWS cannot be reached. */
export const serverless = (
  tree: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> =>
  run(process.execPath, [SERVERLESS, ...args], {
    cwd: tree,
    env: {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...FRAMEWORK_ENV,
      ...env,
    },
  });

/** Generates what follows from the policy.yml of a tree. */
export const generate = (tree: string): Promise<Finished> =>
  run(process.execPath, ['scripts/generate.ts'], { cwd: tree });

/** The template in a folder of the framework. */
export const templateAt = (folder: string): Template =>
  JSON.parse(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));

/** Takes out of a folder of the framework what the local account cannot make: the URL of a function, and who may call it. */
export function leaveOutUrls(folder: string): void {
  const isUrl = (name: string) => /^SlackActions(Url|UrlPermission|InvokePermission)$/.test(name);
  for (const file of ['serverless-state.json', 'cloudformation-template-update-stack.json']) {
    const text = readFileSync(join(folder, file), 'utf8');
    const left = JSON.parse(text, (name, value) => (isUrl(name) ? undefined : value));
    writeFileSync(join(folder, file), JSON.stringify(left));
  }
}

export const ofType = (from: Resources, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(from).filter(([, { Type }]) => Type === type);

/** The logical id of what belongs to a function: `InfrastructureQueue`, `ConfigRulesRole`. */
export const named = (name: string, what: string): string =>
  `${name
    .split('-')
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('')}${what}`;

/** The documents of a role: its own policies, and those that are attached. */
export const policiesOf = (from: Resources, role: string): readonly { readonly Statement: readonly Statement[] }[] => {
  const { Policies = [], ManagedPolicyArns = [] } = from[role]?.Properties ?? {};
  return [
    ...Policies.map(({ PolicyDocument }: { PolicyDocument: object }) => PolicyDocument),
    ...ManagedPolicyArns.map(({ Ref }: { Ref: string }) => from[Ref]?.Properties.PolicyDocument),
  ];
};

/** What the role of a function says. */
export const statementsOf = (from: Resources, name: string): readonly Statement[] =>
  policiesOf(from, named(name, 'Role')).flatMap(({ Statement }) => Statement);
