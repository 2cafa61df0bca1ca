import { expect } from '@jest/globals';
import type { Diagnosis } from '../../shared/doctor/diagnosis.ts';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import type { Alteration, Wire } from './aws-proxy.ts';
import { evenkeelAs } from './command.ts';
import type { DeployedStack } from './deployed.ts';
import type { TestAccount } from './sandbox.ts';

/** Answers as in an account that has these regions enabled: the local account has them all. */
export const onlyRegions = (regions: readonly string[]): Alteration => ({
  call: 'ec2:DescribeRegions',
  change: (body) =>
    body.replace(/<item>(?:(?!<\/item>).)*<\/item>/gs, (item) =>
      regions.some((region) => item.includes(`<regionName>${region}<`)) ? item : '',
    ),
});

/** Records a heartbeat of every region as received, as the watch function does. */
export async function recordHeartbeats(account: TestAccount, { outputs, regions }: DeployedStack): Promise<void> {
  const { heartbeats } = ledgerIn(dynamoStore(account.aws(), outputs.LedgerTable ?? ''));
  const [sent, arrived] = [Date.now() - 60_000, Date.now() - 50_000];
  for (const region of regions)
    await heartbeats.update(region, (before) => ({ next: { ...before, sent, arrived }, answer: null }));
}

/** `evenkeel doctor --json` of somebody in an account, over a wire that alters answers. */
export async function doctor(
  { env }: TestAccount,
  wire: Wire,
  { answers, cwd, args = [] }: { answers: readonly Alteration[]; cwd: string; args?: readonly string[] },
) {
  wire.alter(answers);
  const evenkeel = evenkeelAs({ ...env, AWS_ENDPOINT_URL: wire.endpoint });
  const { status, stdout, stderr } = await evenkeel(['doctor', '--json', ...args], { cwd });
  expect(stderr).toMatch(/^evenkeel: [^\n]+; read-only\n$/);
  const diagnoses: readonly Diagnosis[] = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { status, diagnoses, problems: diagnoses.filter((one) => one.status !== 'ok') };
}
