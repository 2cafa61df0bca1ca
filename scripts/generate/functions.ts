import type { PolicyDocument } from '../../shared/policy/policy.ts';
import type { Domain } from '../../shared/service.ts';
import { configRulesParts } from './config-rules.ts';
import { byDomain, type Content, enabledIn } from './content.ts';
import { UNDO_SID } from './domain-statements.ts';
import type { FunctionParts } from './function-parts.ts';
import { OUTCOME_SIDS, OUTCOMES, OUTCOMES_ENVIRONMENT, outcomesParts } from './outcomes.ts';
import { heartbeatPattern, type Pattern, patternsFor } from './patterns.ts';
import { queueResources, type Wake } from './queue.ts';
import { pagerDutyParts, SLACK_BOT, slackParts, teamsParts } from './receivers.ts';
import { type PolicyStatement, roleResources } from './role-resources.ts';
import { CONFIG_RULES, PAGERDUTY, SLACK_ACTIONS, TEAMS, THREAD_SIDS } from './roles.ts';
import { slackActionsParts } from './slack-actions.ts';
import { functionKey, logicalId, PREFIX } from './statements.ts';
import { LOOK_SIDS } from './watch-statements.ts';

const onBus = (pattern: Pattern): Wake => ({ pattern });

/** One domain's function: its events, and its own messages, which come to its queue directly. */
const domainParts = (domain: Domain, enabled: Content, asked: readonly string[]): FunctionParts => ({
  name: domain,
  description: `Serves the controls of the domain ${domain}`,
  // A long sweep wakes its function again by its own messages, slice after slice, and ends by itself.
  settings: {
    recursiveLoop: 'Allow',
    ...(asked.includes(OUTCOMES) ? { environment: OUTCOMES_ENVIRONMENT } : {}),
  },
  queue: { wakes: patternsFor(enabled).map(onBus) },
});

/** The function that watches over the others: the daily tasks, the heartbeat of every region, the scheduled sweep. */
const watchParts = (): FunctionParts => ({
  name: 'watch',
  description: 'Reminds and warns, checks that changes still arrive from every region, starts sweeps',
  queue: {
    wakes: [
      ...(['daily', 'heartbeat', 'sweep'] as const).map(scheduled),
      onBus(heartbeatPattern(`/${PREFIX}-failed-events`)),
    ],
  },
});

const scheduled = (name: 'daily' | 'heartbeat' | 'sweep'): Wake => ({
  name,
  schedule: `\${file(resources/deployment.cjs):schedules.${name}}`,
  input: `\${file(resources/deployment.cjs):inputs.${name}}`,
  // Without the queues of the other regions each beat there would fail: at the first deploy, and while all is removed.
  ...(name === 'heartbeat' ? { dependsOn: ['Forwarding'] } : {}),
});

/** Functions that are deployed only where a parameter asks for them. */
export const OPTIONAL = ['slack', SLACK_ACTIONS, TEAMS, PAGERDUTY, CONFIG_RULES, OUTCOMES] as const;

/** Names of statements that hold only where something beside the function is asked for, by what that is. */
type Conditional = Readonly<Record<string, readonly string[]>>;

/** Those of one role. */
const ONLY_WITH: Readonly<Record<string, Conditional>> = {
  slack: { [SLACK_BOT]: THREAD_SIDS },
  watch: LOOK_SIDS,
};

/** Those of several roles. */
const ONLY_WITH_ANYWHERE: readonly Conditional[] = [OUTCOME_SIDS, { [SLACK_ACTIONS]: [UNDO_SID] }];

/** What a role holds in a deployment that asks for these; the numbers of statements make no difference. */
export function statementsWith(
  name: string,
  statements: readonly PolicyStatement[],
  asked: readonly string[],
): readonly PolicyStatement[] {
  const conditional = [...ONLY_WITH_ANYWHERE, ONLY_WITH[name] ?? {}].flatMap(Object.entries<readonly string[]>);
  const left = conditional.flatMap(([what, sids]) => (asked.includes(what) ? [] : sids));
  return statements.filter(({ Sid }) => !left.includes(Sid.replace(/\d+[A-Z]?$/, '')));
}

/** Every function of the deployment; of the optional ones those that are asked for. */
export function functionParts(
  all: Content,
  policy: PolicyDocument,
  asked: readonly string[],
): readonly FunctionParts[] {
  const enabled = enabledIn(all, policy);
  const optional = [
    slackParts(asked),
    slackActionsParts(),
    teamsParts(),
    pagerDutyParts(),
    configRulesParts(enabled),
    outcomesParts(asked),
  ].filter(({ name }) => asked.includes(name));
  return [
    ...[...byDomain(all)].map(([domain, own]) => domainParts(domain, enabledIn(own, policy), asked)),
    watchParts(),
    ...optional,
  ];
}

/** A function as the framework takes it. Its archive holds its own folder: without the patterns it would get the chunks of all. */
export const functionSettings = (
  { name, description, settings }: FunctionParts,
  all: readonly FunctionParts[],
): readonly [string, object] => [
  functionKey(name),
  {
    name: `${PREFIX}-${name}`,
    handler: `functions/${name}/handler.handler`,
    description,
    // As Fn::Sub: for a name or GetAtt the framework adds a DependsOn that CloudFormation's linter calls obsolete.
    role: { 'Fn::Sub': `\${${logicalId(name, 'Role')}.Arn}` },
    package: { patterns: all.filter((other) => other.name !== name).map((other) => `!functions/${other.name}/**`) },
    ...settings,
  },
];

/** The resources of a function beside itself. */
export const functionResources = (
  { name, queue, resources }: FunctionParts,
  statements: readonly PolicyStatement[],
): Readonly<Record<string, object>> => ({
  ...roleResources(name, statements),
  ...(queue === undefined ? {} : queueResources(name, queue.wakes, queue)),
  ...resources,
});
