import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/catalogue.ts';

const require = createRequire(import.meta.url);

/** How somebody deploys: what stands in deployment.yml beside what is there, and the flags. */
export interface Deploying {
  readonly file?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  /** `--param`: `emails=you@example.com` */
  readonly flags?: readonly string[];
  readonly stage?: string;
  readonly home?: string;
}

/** What a file of the deployment makes that the framework calls as a function (`deployment.cjs`, `dashboard.cjs`), with the framework's answers to its questions. */
export async function fromDeployment<T>(name: string, { file = {}, flags = [], ...more }: Deploying = {}): Promise<T> {
  const { stage = 'prod', home = 'eu-west-1' } = more;
  const params = { ...parse(readFileSync(`${ROOT}deployment.yml`, 'utf8')), ...file };
  const holding = {
    ...params.default,
    ...params[stage],
    ...Object.fromEntries(flags.map((flag) => flag.split(/=(.*)/s).slice(0, 2))),
  };
  const answers: Readonly<Record<string, unknown>> = {
    'self:service': 'evenkeel',
    'self:provider.region': home,
    'self:params': params,
    'sls:stage': stage,
  };
  const make: (framework: object) => Promise<T> = require(`${ROOT}resources/${name}`);
  const resolveVariable = async (question: string) => {
    const [, param] = /^param:(\w+), ''$/.exec(question) ?? [];
    if (param !== undefined) return holding[param] ?? '';
    if (question in answers) return answers[question];
    throw new Error(`nobody knows ${question}`);
  };
  return make({ resolveVariable, options: { param: flags.length === 0 ? null : flags } });
}
