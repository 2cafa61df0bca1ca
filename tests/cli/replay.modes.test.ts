import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CLONE_POLICY } from '../../shared/cli/policy.ts';
import { isWrite, wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, linesOf, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, openedEvent, openGroup } from '../support/drift.ts';
import { testAccount } from '../support/sandbox.ts';

const folder = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const evenkeel = evenkeelAs({ ...account.env, AWS_ENDPOINT_URL: wire.endpoint });

const event = openedEvent(account, await openGroup(account, 'envelope'), 'id of envelope');

const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const json = (name: string, value: unknown) => file(name, JSON.stringify(value));

describe('what may be done', () => {
  const replayEnvelope = (...flags: string[]) =>
    evenkeel(['replay', 'folder/envelope.json', '--json', '--control', ADMIN_PORTS, ...flags], { cwd: folder });

  beforeAll(() => {
    json('folder/envelope.json', event);
    file('detect.yml', 'defaults: { mode: detect }\n');
    file('off.yml', `controls: { ${ADMIN_PORTS}: { mode: off } }\n`);
    file('approve.yml', `controls: { ${ADMIN_PORTS}: { mode: approve } }\n`);
    file('exact/policy.yml', `controls: { ${ADMIN_PORTS}: { parameters: { ports: [3389] } } }\n`);
    json('exact/envelope.json', event);
  });

  test.each([
    ['detect.yml', 'detected', 'detect'],
    ['approve.yml', 'awaitingApproval', 'approve'],
  ])('a policy.yml of %s holds against --mode remediate', async (policy, outcome, mode) => {
    wire.take();
    const finished = await replayEnvelope('--mode', 'remediate', '--policy', policy);
    expect(finished.status).toBe(0);
    expect(linesOf(finished)).toMatchObject([{ controlId: ADMIN_PORTS, outcome, mode, after: 'NON_COMPLIANT' }]);
    expect(wire.take().filter(isWrite)).toEqual([]);
  });

  test('a control that is off gives one line that says so', async () => {
    const finished = await replayEnvelope('--mode', 'remediate', '--policy', 'off.yml');
    expect(linesOf(finished)).toMatchObject([
      { eventId: 'id of envelope', controlId: null, outcome: 'notApplicable', annotation: 'Every control is off.' },
    ]);
  });

  test('--exit-code tells of drift that is left, and of none', async () => {
    expect(await replayEnvelope('--no-policy', '--exit-code')).toMatchObject({ status: 3 });
    expect(await replayEnvelope('--policy', 'exact/policy.yml', '--exit-code')).toMatchObject({ status: 0 });
  });

  test("the clone's policy.yml holds from whatever folder, EVENKEEL_POLICY where it is set, --policy above both", async () => {
    // ./policy.yml would find the group compliant.
    const args = ['replay', 'envelope.json', '--json', '--control', ADMIN_PORTS, '--mode', 'approve'];
    const cwd = join(folder, 'exact');
    const clones = await evenkeel(args, { cwd, env: { EVENKEEL_POLICY: '' } });
    expect(linesOf(clones)).toMatchObject([{ outcome: 'detected', mode: 'detect' }]);
    expect(clones.stderr).toContain(`; policy ${CLONE_POLICY}; `);
    const env = { EVENKEEL_POLICY: join(folder, 'approve.yml') };
    expect(linesOf(await evenkeel(args, { cwd, env }))).toMatchObject([{ outcome: 'awaitingApproval' }]);
    const named = [...args, '--policy', join(folder, 'detect.yml')];
    expect(linesOf(await evenkeel(named, { cwd, env }))).toMatchObject([{ outcome: 'detected' }]);
  });

  test.each(['', 'defaults: {}\n', 'limits: { remediationsPerHour: 9 }\n'])(
    'a policy.yml of %j remediates nothing, whatever --mode says',
    async (text) => {
      const policy = file('says-nothing.yml', text);
      wire.take();
      const finished = await replayEnvelope('--mode', 'remediate', '--policy', policy);
      expect(linesOf(finished)).toMatchObject([{ controlId: ADMIN_PORTS, outcome: 'detected', mode: 'detect' }]);
      expect(wire.take().filter(isWrite)).toEqual([]);
    },
  );
});
