import { describe, expect, test } from '@jest/globals';
import { makeLocalWorld } from '../../scripts/sandbox/local-deployment.ts';
import { evenkeelAs, type Finished, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { AFAR, accountOfTwoRegions } from '../support/two-regions.ts';

const BLOCKED = 's3-bucket-public-access-blocked';
const cwd = temporaryFolder();
const { account, wire, env, afar, groups, groupAfar } = await accountOfTwoRegions();
const evenkeel = evenkeelAs(env);
const { table } = await makeLocalWorld(account.aws());
/** The command beside a deployment: with its ledger. */
const deployed = evenkeelAs({ ...env, EVENKEEL_TABLE: table });

describe('regions', () => {
  const look = (controlIds: readonly string[], ...flags: string[]) =>
    evenkeel(['sweep', '--json', ...controlIds.flatMap((id) => ['--control', id]), ...flags], { cwd });
  const regionsOf = (finished: Finished) => [...new Set(linesOf(finished).map(({ region }) => region))];

  test('--region narrows to one; what is in it is found there', async () => {
    const finished = await look([ADMIN_PORTS, BLOCKED], '--region', AFAR);
    expect(regionsOf(finished)).toEqual([AFAR]);
    expect(linesOf(finished).map(({ resourceId }) => resourceId)).toEqual(expect.arrayContaining([afar, groupAfar]));
  });

  test('what belongs to no region is looked at once: at home, or where the partition keeps it', async () => {
    const ids = ['s3-account-public-access-blocked', 'cloudtrail-multi-region-trail-enabled'];
    const seen = (finished: Finished) =>
      linesOf(finished)
        .map(({ controlId, region }) => `${controlId} ${region}`)
        .sort();
    expect(seen(await look(ids))).toEqual(ids.map((id) => `${id} us-east-1`).sort());
    expect(seen(await look(ids, '--region', AFAR))).toEqual([]);
    const args = ['sweep', '--json', ...ids.flatMap((id) => ['--control', id])];
    expect(seen(await deployed(args, { cwd }))).toEqual(ids.map((id) => `${id} ${REGION}`).sort());
  });

  test('what there is in each region is looked at in each', async () => {
    expect(regionsOf(await look(['ec2-ebs-encryption-by-default-enabled']))).toEqual(
      expect.arrayContaining([REGION, AFAR, 'us-east-1']),
    );
  });

  test('without a home, the one that is named is home', async () => {
    const { AWS_REGION: _, ...nowhere } = account.env;
    const finished = await evenkeelAs(nowhere)(['sweep', '--json', '--control', BLOCKED, '--region', AFAR], { cwd });
    expect(linesOf(finished)).toMatchObject([{ resourceId: afar, region: AFAR }]);
  });

  test('one that cannot be read fails and is named, and the others go on', async () => {
    wire.refuse('DescribeSecurityGroups', AFAR);
    const finished = await look([ADMIN_PORTS]);
    expect(finished.status).toBe(1);
    const failed = linesOf(finished).filter(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject([
      { region: AFAR, resourceType: 'AWS::EC2::SecurityGroup', error: expect.stringContaining(`in ${AFAR}: Unauth`) },
    ]);
    expect(linesOf(finished).map(({ resourceId }) => resourceId)).toEqual(expect.arrayContaining(groups));
  });

  test('where AWS is asked too much, the sweep takes longer and fails nothing', async () => {
    const { AWS_MAX_ATTEMPTS: _, ...untold } = account.env;
    wire.throttle('DescribeSecurityGroups', 4);
    const args = ['sweep', '--json', '--control', ADMIN_PORTS, '--region', REGION];
    const finished = await evenkeelAs({ ...untold, AWS_ENDPOINT_URL: wire.endpoint })(args, { cwd });
    expect(finished.status).toBe(0);
    expect(linesOf(finished).map(({ resourceId }) => resourceId)).toEqual(expect.arrayContaining(groups));
  });

  test('a region that the organization denies is left out, in words', async () => {
    const words = 'You are not authorized, with an explicit deny in a service control policy';
    const change = () =>
      `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${words}</Message></Error></Errors></Response>`;
    wire.alter([{ call: 'ec2:', region: AFAR, status: 403, change }]);
    const finished = await look([ADMIN_PORTS]);
    wire.alter([]);
    expect(finished.status).toBe(0);
    expect(finished.stderr).toContain(
      `evenkeel: ${AFAR} is left out: a service control policy of the organization denies calls there\n`,
    );
    expect(regionsOf(finished)).not.toContain(AFAR);
    expect(regionsOf(finished)).toContain(REGION);
  });

  test('where nobody tells which are enabled, home is looked at, and that is a failure', async () => {
    wire.refuse('DescribeRegions');
    const finished = await look([ADMIN_PORTS]);
    expect(finished.status).toBe(1);
    expect(linesOf(finished)[0]).toMatchObject({
      outcome: 'failed',
      region: REGION,
      error: expect.stringMatching(/^could not list the enabled regions, swept eu-west-1 only: Unauth/),
    });
    expect(regionsOf(finished)).toEqual([REGION]);
    wire.refuse('nothing');
  });
});
