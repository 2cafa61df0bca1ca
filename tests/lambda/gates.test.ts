import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { beforeAll, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { createHandler } from '../../shared/lambda/handler.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { createWatchHandler } from '../../shared/watch/handler.ts';
import { makeHands } from '../support/cli-fixture.ts';
import { ADMIN_PORTS, ingressOf, open, openedEvent, openGroup } from '../support/drift.ts';
import { change } from '../support/ledger-fixtures.ts';
import { REGION } from '../support/samples.ts';
import { servicesNamed } from '../support/served.ts';

const hands = await makeHands();
const { account, ledger, evenkeel } = hands;
const context = {
  invokedFunctionArn: `arn:aws:lambda:${REGION}:${account.accountId}:function:evenkeel-prod-infrastructure`,
} as Context;
/** What Powertools logs is not checked here. */
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
beforeAll(() => {
  Object.assign(process.env, hands.env, QUIET);
});

let events = 0;
/** The function as it is deployed with a policy.yml: what it says to an event that opens a group. */
function deployed(more: PolicyDocument = {}, mode: 'approve' | 'remediate' = 'remediate') {
  const policy: PolicyDocument = { defaults: { mode: 'off' }, controls: { [ADMIN_PORTS]: { mode } }, ...more };
  const handler = createHandler({ services: servicesNamed('ec2'), detections: [], policy });
  return (group: string) => {
    events += 1;
    return handler(openedEvent(account, group, `e-${events}`), context);
  };
}
const subjects = async () => (await hands.mail()).map(({ subject }) => subject);
const RIGHT = (group: string) => [`${group} tcp 443 10.0.0.0/8`];

test('pause and resume', async () => {
  const invoke = deployed();
  const group = await openGroup(account, 'paused');
  expect((await evenkeel(['pause', '--reason', 'release day'])).status).toBe(0);
  await hands.mail();
  expect(await invoke(group)).toEqual({ halted: 1 });
  expect(await invoke(group)).toEqual({ halted: 1 });
  expect(await subjects()).toEqual([expect.stringMatching(/Remediation halted/)]);
  expect(await ingressOf(account, [group])).toHaveLength(2);
  await ledger.resume(null);
  expect(await invoke(group)).toEqual({ remediated: 1 });
  expect(await ingressOf(account, [group])).toEqual(RIGHT(group));
  await hands.mail();
});

test('exempt', async () => {
  const group = await openGroup(account, 'exempt');
  const expires = '2999-12-31';
  const rule = { control: ADMIN_PORTS, resource: group, owner: 'web@example.com', reason: 'a jump host', expires };
  const invoke = deployed({ exemptions: [rule] });
  expect(await invoke(group)).toEqual({ exempted: 1 });
  expect(await ingressOf(account, [group])).toHaveLength(2);
  expect(await subjects()).toEqual([]);
  expect(await deployed()(group)).toEqual({ remediated: 1 });
  await hands.mail();
});

test('approve', async () => {
  const group = await openGroup(account, 'approve');
  const invoke = deployed({}, 'approve');
  expect(await invoke(group)).toEqual({ awaitingApproval: 1 });
  expect(await invoke(group)).toEqual({ awaitingApproval: 1 });
  expect(await subjects()).toEqual([expect.stringMatching(/Approval required/)]);
  expect(await ingressOf(account, [group])).toHaveLength(2);
  const [waiting] = await Array.fromAsync(ledger.active());
  const id = waiting?.state.open[0]?.id ?? '';
  expect(await evenkeel(['approve', id, '--no-policy'])).toMatchObject({ status: 0 });
  expect(await ingressOf(account, [group])).toEqual(RIGHT(group));
  expect(await invoke(group)).toEqual({ compliant: 1 });
  await hands.mail();
});

test('flap', async () => {
  const group = await openGroup(account, 'flap');
  const invoke = deployed({ limits: { flap: { times: 1, within: '1h' } } });
  expect(await invoke(group)).toEqual({ remediated: 1 });
  await open(account, group);
  expect(await invoke(group)).toEqual({ halted: 1 });
  expect(await invoke(group)).toEqual({ halted: 1 });
  expect(await subjects()).toEqual([expect.stringMatching(/Remediated/), expect.stringMatching(/Remediation halted/)]);
  expect(await ingressOf(account, [group])).toHaveLength(2);
});

test('breaker: one alarm, no more than so many writes, and it goes on by hand', async () => {
  const had = (await Array.fromAsync(ledger.remediations())).filter(({ steps }) =>
    steps.some(({ status }) => status === 'made'),
  );
  const invoke = deployed({ limits: { remediationsPerHour: had.length + 1 } });
  const groups = [await openGroup(account, 'b1'), await openGroup(account, 'b2'), await openGroup(account, 'b3')];
  const outcomes = [];
  for (const group of groups) outcomes.push(await invoke(group));
  expect(outcomes).toEqual([{ remediated: 1 }, { halted: 1 }, { halted: 1 }]);
  const told = await subjects();
  expect(told.filter((subject) => /circuit breaker has opened/.test(subject))).toEqual([
    `[CRITICAL] The circuit breaker has opened: ${ADMIN_PORTS}`,
  ]);
  expect(told).toHaveLength(2);
  const again = await evenkeel(['resume', '--breaker', '--control', ADMIN_PORTS, '--look', '--no-policy', '--json']);
  expect(again.stderr).toBe('');
  expect(await ingressOf(account, groups)).toEqual(groups.flatMap(RIGHT).sort());
});

test('minimumSeverity holds for what is found and for what is announced', async () => {
  await hands.mail();
  await ledger.pause({ control: null, reason: 'release day', by: 'jo', at: '2026-11-01T00:00:00Z' });
  const { SecurityGroups = [] } = await account
    .aws()(EC2Client)
    .send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }));
  const detail = { resourceType: 'AWS::EC2::SecurityGroup', resourceId: SecurityGroups[0]?.GroupId };
  const event = { 'detail-type': 'Evenkeel Recheck', source: 'evenkeel', detail };
  // Its severity is HIGH, as the reminder's is.
  const controls = { 'ec2-default-security-group-closed': { mode: 'detect' } } as const;
  for (const [minimumSeverity, expected] of [
    ['CRITICAL', []],
    ['HIGH', ['[HIGH] Evenkeel is paused: everything', expect.stringMatching(/^\[HIGH\] Drift detected/)]],
  ] as const) {
    const policy: PolicyDocument = { defaults: { mode: 'off' }, controls, notify: { minimumSeverity } };
    await createWatchHandler({ policy, domains: {}, services: [] })({}, context);
    expect(await createHandler({ services: servicesNamed('ec2'), detections: [], policy })(event, context)).toEqual({
      detected: 1,
    });
    expect([...(await subjects())].sort()).toEqual([...expected].reverse());
    const [finding] = (await Array.fromAsync(ledger.openFindings())).filter(({ controlId }) => controlId in controls);
    if (finding !== undefined) await change(ledger, finding.key, { findings: {} });
  }
  await ledger.resume(null);
});

test('a ledger that does not answer: no write, somebody is notified, the invocation fails, and so the event is kept', async () => {
  const group = await openGroup(account, 'no ledger');
  await hands.mail();
  process.env.EVENKEEL_TABLE = 'no-such-table';
  const invoke = deployed();
  process.env.EVENKEEL_TABLE = hands.table;
  for (const _ of ['first', 'retry']) await expect(invoke(group)).rejects.toThrow(/ResourceNotFoundException/);
  expect(await subjects()).toEqual(['[CRITICAL] Evenkeel cannot work: its ledger does not answer']);
  expect(await ingressOf(account, [group])).toHaveLength(2);
});
