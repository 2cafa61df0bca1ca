import { expect, test } from '@jest/globals';
import openPort from '../../../scenes/ec2/ec2-security-group-admin-ports-restricted.ts';
import keyDeletion from '../../../scenes/kms/kms-key-deletion-prohibited.ts';
import type { Scene } from '../../../scenes/scene.ts';
import publicTopic from '../../../scenes/sns/sns-topic-public-access-prohibited.ts';
import { makeLocalWorld } from '../../../scripts/sandbox/local-deployment.ts';
import { seed } from '../../../scripts/sandbox/seed.ts';
import { evenkeelAs, linesOf } from '../../support/command.ts';
import { testAccount } from '../../support/sandbox.ts';

const account = await testAccount();

test('a seeded account has something to find, to show and to undo, in the ledger that is printed', async () => {
  const world = await makeLocalWorld(account.aws());
  // Six are acted on, so that the last two stay open.
  const scenes: readonly Scene[] = [...Array(6).fill(openPort), keyDeletion, publicTopic];
  const said: string[] = [];
  const seeded = await seed(world, account.region, (line) => said.push(line), scenes);
  expect(seeded).toEqual({ drifts: 8, remediated: 6, open: expect.any(Number) });
  expect(seeded.open).toBeGreaterThanOrEqual(2);
  expect(said).toEqual(['Filling the account: 0 of 8 drifts']);

  const evenkeel = evenkeelAs({ ...account.env, EVENKEEL_TABLE: world.table });
  const findings = linesOf(await evenkeel(['findings', '--json']));
  expect(findings.map(({ controlId }) => controlId)).toEqual(
    expect.arrayContaining(['kms-key-deletion-prohibited', 'sns-topic-public-access-prohibited']),
  );
  expect(findings).toHaveLength(seeded.open);
  const undo = await evenkeel(['undo', '--last', '--dry-run']);
  expect(undo).toMatchObject({ status: 0, stdout: expect.stringContaining('ec2:AuthorizeSecurityGroupIngress') });
});
