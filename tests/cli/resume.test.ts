import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sqliteStore } from '../../shared/ledger/sqlite.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { evenkeelAs, temporaryFolder, withoutHeader } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { change, findingOf, ownResource } from '../support/ledger-fixtures.ts';

// On a local ledger, without AWS: what resume does to the ledger. That it ends pauses and reconciles: tests/cli/safe-hands.
const HIGH_RISK = 'ec2-security-group-high-risk-ports-restricted';
const folder = temporaryFolder();
let files = 0;

/** A ledger of its own, and the command on it. */
function newLedger() {
  files += 1;
  const file = join(folder, `${files}.sqlite`);
  const env = { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true', EVENKEEL_LEDGER: file };
  const resume = async (...args: readonly string[]) => withoutHeader(await evenkeelAs(env)(['resume', ...args]));
  return { ledger: ledgerIn(sqliteStore(file)), resume };
}

const flapOf = (controlId: string | null) => ({ times: [1, 2], trippedAt: 3, lastDrift: 3, controlId });

/** A resource that was stopped for flapping: its finding of ADMIN_PORTS, and the flaps of its elements. */
async function stopped({ ledger }: ReturnType<typeof newLedger>, flaps: Readonly<Record<string, string | null>>) {
  const { ref, key } = ownResource();
  await change(ledger, key, {
    arn: `arn:aws:ec2:eu-west-1:111122223333:security-group/${ref.resourceId}`,
    findings: { [ADMIN_PORTS]: findingOf(ADMIN_PORTS, { outcome: 'halted' }) },
    flaps: Object.fromEntries(Object.entries(flaps).map(([element, controlId]) => [element, flapOf(controlId)])),
  });
  const flapsLeft = async () => Object.keys((await ledger.load(key)).state.flaps);
  return { id: ref.resourceId, flapsLeft };
}

describe('the flap stop of a resource', () => {
  test("only the control's own elements go on", async () => {
    const own = newLedger();
    const { id, flapsLeft } = await stopped(own, { 'port 22': ADMIN_PORTS, 'port 445': HIGH_RISK });
    const other = await stopped(own, { 'port 22': ADMIN_PORTS });
    const finished = await own.resume('--control', ADMIN_PORTS, '--resource', id);
    expect(finished).toEqual({
      status: 0,
      stdout: `Resumed: ${ADMIN_PORTS} on ${id}. 1 halted finding; to reconcile now: npx evenkeel resume --control ${ADMIN_PORTS} --resource ${id} --look\n`,
      stderr: '',
    });
    expect(await flapsLeft()).toEqual(['port 445']);
    expect(await other.flapsLeft()).toEqual(['port 22']);
  });

  test('where none is its own, another control stopped it, and all go on', async () => {
    const own = newLedger();
    const { id, flapsLeft } = await stopped(own, { 'port 445': HIGH_RISK, '*': null });
    const arn = `arn:aws:ec2:eu-west-1:111122223333:security-group/${id}`;
    expect(await own.resume('--control', ADMIN_PORTS, '--resource', arn)).toMatchObject({ status: 0 });
    expect(await flapsLeft()).toEqual([]);
  });

  test('a resource without a halted finding of the control is wrong usage, and nothing is cleared', async () => {
    const own = newLedger();
    const { id, flapsLeft } = await stopped(own, { 'port 22': ADMIN_PORTS });
    for (const [control, resource] of [
      [HIGH_RISK, id],
      [ADMIN_PORTS, `${id}0`],
      [ADMIN_PORTS, 'sg-*'],
    ] as const)
      expect(await own.resume('--control', control, '--resource', resource)).toEqual({
        status: 2,
        stdout: '',
        stderr: `evenkeel: --resource ${resource}: it has no halted finding of ${control}\n`,
      });
    expect(await flapsLeft()).toEqual(['port 22']);
  });
});

describe('a circuit breaker', () => {
  test('is closed without asking who, and the halted findings of its control are counted', async () => {
    const own = newLedger();
    await stopped(own, {});
    await stopped(own, {});
    const json = await own.resume('--breaker', '--control', ADMIN_PORTS, '--json');
    expect(json).toEqual({ status: 0, stdout: `{"resumed":"${ADMIN_PORTS}","halted":2}\n`, stderr: '' });
    const none = await own.resume('--breaker', '--control', HIGH_RISK);
    expect(none.stdout).toBe(`Resumed: ${HIGH_RISK}. No halted findings.\n`);
    expect((await own.resume('--breaker')).stdout).toBe(
      'Resumed: everything. 2 halted findings; to reconcile now: npx evenkeel resume --breaker --look\n',
    );
  });
});

test('a pause that is not there is named with those that are', async () => {
  const own = newLedger();
  expect((await own.resume()).stderr).toBe('evenkeel: everything is not paused; nothing is paused\n');
  await own.ledger.pause({ control: HIGH_RISK, reason: 'x', by: 'jo', at: '2026-11-01T00:00:00.000Z' });
  expect(await own.resume()).toEqual({
    status: 2,
    stdout: '',
    stderr: `evenkeel: everything is not paused; paused: ${HIGH_RISK}\n`,
  });
});
