import { expect, test } from '@jest/globals';
import {
  functionParts,
  functionResources,
  functionSettings,
  statementsWith,
} from '../../../scripts/generate/functions.ts';
import { rolesOf } from '../../../scripts/generate/roles.ts';
import { fromDeployment } from '../../support/deployment-files.ts';

/** Of a deployment without controls, which have no part in it: the functions that all have, and those that are asked for. */
function stackFor(asked: readonly string[]) {
  const content = { controls: [], detections: [] };
  const statements = new Map(rolesOf(content, {}).map((role) => [role.name, role.statements]));
  const parts = functionParts(content, {}, asked);
  const resourcesOf = parts.map((one) =>
    functionResources(one, statementsWith(one.name, statements.get(one.name) ?? [], asked)),
  );
  return {
    functions: Object.fromEntries(parts.map((one) => functionSettings(one, parts))),
    resources: Object.assign({}, ...resourcesOf) as Readonly<Record<string, object>>,
  };
}

const RECEIVERS = { teams: 'Teams', pagerduty: 'Pagerduty' };
const LOOKS = ['LookAtTeams', 'LookAtPagerDuty'];

/** A stack, as text, without what belongs to these functions: their resources, their settings, and what the others have on their account. */
const withoutThem = (stack: object): string =>
  JSON.stringify(stack, (key, value) => {
    if (key in RECEIVERS || Object.values(RECEIVERS).some((id) => key.startsWith(id))) return undefined;
    if (!Array.isArray(value)) return value;
    return value.filter(
      (one) => !LOOKS.includes(one?.Sid) && !Object.keys(RECEIVERS).some((name) => one === `!functions/${name}/**`),
    );
  });

test('whoever asks for neither Teams nor PagerDuty gets what there was before them, byte for byte', () => {
  const asked = ['slack', 'slack-bot', 'slack-actions', 'config-rules'];
  const [before, all] = [stackFor(asked), stackFor([...asked, ...Object.keys(RECEIVERS)])];
  expect(JSON.stringify(before)).not.toMatch(/teams|pagerduty/i);
  expect(withoutThem(all)).toBe(JSON.stringify(before));
  for (const id of Object.values(RECEIVERS))
    expect(Object.keys(all.resources).filter((one) => one.startsWith(id))).toEqual(
      ['Role', 'Queue', 'QueuePolicy', 'Mapping', 'BacklogAlarm', 'Subscription'].map((what) => id + what),
    );
});

test('each has what Slack has: queue, policy, mapping, alarm and subscription differ by the name alone', () => {
  const { resources } = stackFor(['slack', ...Object.keys(RECEIVERS)]);
  const of = (id: string, name: string) =>
    JSON.stringify(Object.entries(resources).filter(([key]) => key.startsWith(id) && !key.endsWith('Role'))).replaceAll(
      new RegExp(`${id}|\\b${name}\\b`, 'g'),
      '…',
    );
  for (const [name, id] of Object.entries(RECEIVERS)) expect(of(id, name)).toBe(of('Slack', 'slack'));
});

test('the dashboard draws what each posted where it is asked for, and is the same as before without', async () => {
  const body = async (...flags: string[]) => (await fromDeployment<{ body: string }>('dashboard.cjs', { flags })).body;
  const plain = await body();
  expect(plain).not.toMatch(/teams|pagerduty/i);
  expect(plain).toContain('"Notifications: to Slack, and those that did not arrive"');
  const both = await body('teamsSecret=ssm:/teams', 'pagerDutySecret=ssm:/pagerduty');
  for (const metric of ['TeamsFailed', 'TeamsPosted', 'PagerDutyFailed', 'PagerDutyPosted'])
    expect(both).toContain(`"${metric}"`);
});

test('the watch function may look at the signing secret only where there are buttons', () => {
  expect(JSON.stringify(stackFor(['slack', 'slack-bot']))).not.toContain('LookAtSlackSigning');
  expect(JSON.stringify(stackFor(['slack', 'slack-bot', 'slack-actions']))).toContain('LookAtSlackSigning');
});
