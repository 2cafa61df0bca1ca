import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readPolicy } from '../../shared/policy/load.ts';
import { loadContent, ROOT } from '../catalogue.ts';
import { enabledIn } from './content.ts';
import { functionParts, functionResources, functionSettings, statementsWith } from './functions.ts';
import { homeForwarding, regionTemplate } from './region.ts';
import type { PolicyStatement } from './role-resources.ts';

/** What follows from the catalogue, policy.yml and the committed permissions, as the framework takes it. */
export interface Stack {
  readonly functions: Readonly<Record<string, object>>;
  readonly resources: {
    readonly Resources: Readonly<Record<string, object>>;
    readonly Outputs?: Readonly<Record<string, object>>;
  };
  /** The template of each other region. */
  readonly regionTemplate: string;
}

/** Generates the part of the stack that is not written by hand. `asked`: the optional functions to deploy. Throws PolicyError for a policy.yml that is not allowed. */
export async function stackFor(asked: readonly string[]): Promise<Stack> {
  const all = await loadContent();
  const policy = readPolicy(`${ROOT}policy.yml`, all.controls, all.detections);
  const enabled = enabledIn(all, policy);
  const parts = functionParts(all, policy, asked);
  const outputs = parts.flatMap((one) => one.outputs ?? []);
  return {
    functions: Object.fromEntries(parts.map((one) => functionSettings(one, parts))),
    resources: {
      Resources: Object.assign(
        homeForwarding(enabled),
        ...parts.map((one) => functionResources(one, statementsWith(one.name, committedStatements(one.name), asked))),
      ),
      ...(outputs.length === 0 ? {} : { Outputs: Object.assign({}, ...outputs) }),
    },
    regionTemplate: regionTemplate(enabled),
  };
}

/** What was reviewed is what is deployed. */
const committedStatements = (name: string): readonly PolicyStatement[] =>
  parse(readFileSync(`${ROOT}functions/${name}/permissions.yml`, 'utf8'));
