import { describe, expect, test } from '@jest/globals';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { APPROVE, makeHands, REMEDIATE } from '../support/cli-fixture.ts';
import { evenkeelAs, withoutHeader } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { change, findingOf, REF, remediationOf, saveRecord } from '../support/ledger-fixtures.ts';
import { SAMPLE_ACCOUNT } from '../support/samples.ts';

const hands = await makeHands();
const { account, ledger } = hands;
const wire = await wireTo(account.endpoint);
const evenkeel = evenkeelAs({ ...hands.env, AWS_ENDPOINT_URL: wire.endpoint });
const REFUSED = `is a record of account ${SAMPLE_ACCOUNT}, these credentials are of account ${account.accountId}`;

/** What was asked of AWS beside the ledger and the caller's identity. */
const othersOf = (calls: readonly string[]) => calls.filter((call) => !/^(dynamodb|sts):/.test(call));
/** What was written to the ledger. */
const writesOf = (calls: readonly string[]) =>
  calls.filter((call) => /^dynamodb:(Put|Update|Delete|Transact)/.test(call));

describe('a record of another account is refused in one line, and nothing of its resource is read or written', () => {
  test.each([
    ['undo', { status: 'remediated' }, []],
    ['undo', { status: 'remediated' }, ['--dry-run']],
    ['approve', { status: 'awaitingApproval', expires: '2999-01-01T00:00:00.000Z' }, []],
    ['reject', { status: 'awaitingApproval', expires: '2999-01-01T00:00:00.000Z' }, ['--reason', 'x']],
  ] as const)('%s of %j %j', async (subcommand, rest, flags) => {
    const id = `rem-${subcommand}${flags.length}`;
    await saveRecord(ledger, remediationOf(id, rest));
    wire.take();
    const args = [subcommand, id, ...flags, '--policy', hands.policyFile(APPROVE)];
    const finished = withoutHeader(await evenkeel(args));
    expect(finished).toEqual({ status: 2, stdout: '', stderr: `evenkeel: ${id} ${REFUSED}\n` });
    const calls = wire.take();
    expect([othersOf(calls), writesOf(calls)]).toEqual([[], []]);
    expect(await ledger.remediation(id)).toMatchObject(rest);
  });

  test('also where the id is an ARN of another account', async () => {
    const ref = {
      ...REF,
      accountId: account.accountId,
      resourceId: `arn:aws:cloudtrail:eu-west-1:${SAMPLE_ACCOUNT}:trail/t`,
    };
    await saveRecord(ledger, remediationOf('rem-arn', { status: 'remediated', ref }));
    const { status, stderr } = withoutHeader(await evenkeel(['undo', 'rem-arn']));
    expect({ status, stderr }).toEqual({ status: 2, stderr: `evenkeel: rem-arn ${REFUSED}\n` });
  });

  test('resume --look leaves a finding of another account alone, and says so', async () => {
    const key = resourceKey('ec2', REF);
    await change(ledger, key, { findings: { [ADMIN_PORTS]: findingOf(ADMIN_PORTS, { outcome: 'halted' }) } });
    await ledger.pause({ control: null, reason: 'x', by: 'jo', at: '2026-11-01T00:00:00.000Z' });
    wire.take();
    const { status, stderr } = withoutHeader(
      await evenkeel(['resume', '--look', '--policy', hands.policyFile(REMEDIATE)]),
    );
    expect(status).toBe(0);
    expect(stderr).toContain(
      `evenkeel: not reconciled: ${ADMIN_PORTS} ${REF.resourceId} is of account ${SAMPLE_ACCOUNT}`,
    );
    expect(wire.take().filter((call) => call.startsWith('ec2:'))).toEqual([]);
  });
});
