import { randomUUID } from 'node:crypto';
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT } from '../../../shared/ledger/breaker.ts';
import { chainErrors } from '../../../shared/ledger/chain.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import type { Result } from '../../../shared/result.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { ADMIN_PORTS, ingressOf, openedEvent, openGroup } from '../../support/drift.ts';
import { ledgerAccount } from '../../support/ledger-account.ts';
import { type EngineAnswer, startWorkers, type Worker } from '../../support/workers.ts';

const PROCESSES = 6;
const account = await ledgerAccount();
const wire = await wireTo(account.endpoint);
const env = { ...account.env, AWS_ENDPOINT_URL: wire.endpoint };
const ledger = ledgerIn(account.store);
const ec2 = account.aws()(EC2Client);

/** As many as the first test can need at most, and fewer than the second has groups. */
const LIMIT = 6;
const POLICY: PolicyDocument = {
  defaults: { mode: 'off' },
  controls: { [ADMIN_PORTS]: { mode: 'remediate' } },
  limits: { flap: { times: 1000, within: '1h' }, remediationsPerHour: LIMIT },
};

let workers: readonly Worker<unknown, EngineAnswer>[] = [];
beforeAll(async () => {
  workers = await startWorkers(PROCESSES, env, POLICY);
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.end()));
});

const event = (groupId: string) => openedEvent(account, groupId, randomUUID());
const recordsOf = async (groupIds: readonly string[]): Promise<readonly Remediation[]> =>
  (await Array.fromAsync(ledger.remediations())).filter(({ ref }) => groupIds.includes(ref.resourceId));
/** The ids of the rules that were revoked, as the ledger says and as the account was asked. */
const revoked = (records: readonly Remediation[]): readonly string[] =>
  records
    .flatMap(({ steps }) => steps)
    .filter(({ status }) => status === 'made')
    .flatMap(({ input }) => (input as { SecurityGroupRuleIds: readonly string[] }).SecurityGroupRuleIds);
const revocations = () => wire.take().filter((call) => call === 'ec2:RevokeSecurityGroupIngress').length;

/** What is wrong with the chains of these records' resources. */
async function errorsOf(records: readonly Remediation[]): Promise<readonly string[]> {
  const chains = [...(await ledger.chains())].filter(([key]) =>
    records.some(({ ref }) => key.endsWith(ref.resourceId)),
  );
  const proven = new Set(chains.flatMap(([, { links }]) => links.map(({ remediationId }) => remediationId)));
  expect(proven).toEqual(new Set(records.map(({ id }) => id)));
  return chains.flatMap(([, { head, links, evidence }]) => chainErrors(head, links, (id) => evidence.get(id) ?? null));
}

describe('several processes', () => {
  test('on one group that others keep opening: no rule is revoked twice, none is forgotten, and the chain is whole', async () => {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'one', Description: 'one' }));
    const GroupId = made.GroupId ?? '';
    const opened: string[] = [];
    const open = async (FromPort: number, range: object) => {
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort, ToPort: FromPort, ...range }];
      const { SecurityGroupRules = [] } = await ec2.send(
        new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }),
      );
      opened.push(...SecurityGroupRules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId));
    };
    const worldOpen = [22, 3389].flatMap((port) => [
      () => open(port, { IpRanges: [{ CidrIp: '0.0.0.0/0' }] }),
      () => open(port, { Ipv6Ranges: [{ CidrIpv6: '::/0' }] }),
      () => open(port, { IpRanges: [{ CidrIp: '0.0.0.0/1' }, { CidrIp: '128.0.0.0/1' }] }),
    ]);
    await open(443, { IpRanges: [{ CidrIp: '10.0.0.0/8' }] });
    opened.length = 0;
    wire.take();

    const results: Result[] = [];
    /** As EventBridge delivers: at least once, and again after a failure. */
    const deliver = async (worker: number): Promise<void> => {
      const answer = await workers[worker % PROCESSES]?.work(event(GroupId));
      const failed = answer?.results.some(({ outcome }) => outcome === 'failed');
      results.push(...(answer?.results ?? []));
      if (failed) await deliver(worker + 1);
    };
    const deliveries: Promise<void>[] = [];
    for (const [index, change] of worldOpen.entries()) {
      await change();
      deliveries.push(deliver(index), deliver(index + 3));
    }
    await Promise.all(deliveries);

    expect(await ingressOf(account, [GroupId])).toEqual([`${GroupId} tcp 443 10.0.0.0/8`]);
    const records = await recordsOf([GroupId]);
    expect([...revoked(records)].sort()).toEqual([...opened].sort());
    expect(records.map(({ status }) => status)).toEqual(records.map(() => 'remediated'));
    expect(revocations()).toBe(records.flatMap(({ steps }) => steps).length);
    expect(await errorsOf(records)).toEqual([]);
    expect(results.some(({ annotation }) => annotation?.startsWith('Another run is working'))).toBe(true);
  });

  test('on many groups: no more remediations than the breaker lets through, and one announcement', async () => {
    const groups = await Promise.all(
      Array.from({ length: LIMIT + PROCESSES }, (_, index) => openGroup(account, `many-${index}`)),
    );
    await ledger.breakers.close(ACCOUNT);
    await ledger.breakers.close(ADMIN_PORTS);
    wire.take();
    const notified: string[] = [];
    const results: Result[] = [];
    const deliveries = groups.map((groupId, index) => workers[index % PROCESSES]?.work(event(groupId)));
    for (const answer of await Promise.all(deliveries)) {
      notified.push(...(answer?.told ?? []));
      results.push(...(answer?.results ?? []));
    }
    const outcomes = results.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'remediated')).toHaveLength(LIMIT);
    expect(outcomes.filter((outcome) => outcome === 'halted')).toHaveLength(groups.length - LIMIT);
    expect(revocations()).toBe(LIMIT);
    expect(await recordsOf(groups)).toHaveLength(LIMIT);
    const left = (await ingressOf(account, groups)).filter((rule) => rule.endsWith('tcp 22 0.0.0.0/0'));
    expect(left).toHaveLength(groups.length - LIMIT);
    expect(notified.filter((text) => /breaker has opened/i.test(text))).toHaveLength(1);
    expect(notified.filter((text) => !/breaker has opened/i.test(text))).toHaveLength(LIMIT);
    const breakers = await ledger.breakers.all();
    expect(breakers.get(ADMIN_PORTS)).toMatchObject({ openedAt: expect.any(Number), probeUntil: null });
    expect(breakers.get(ACCOUNT)?.openedAt).toBeNull();
  });
});
