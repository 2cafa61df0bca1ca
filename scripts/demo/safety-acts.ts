import ssh from '../../scenes/ec2/ec2-security-group-admin-ports-restricted.ts';
import { sendUndoCall } from '../../shared/cli/undo-call.ts';
import { controls } from '../../shared/controls/index.ts';
import { undo } from '../../shared/engine/undo/undo.ts';
import type { Outcome, Result } from '../../shared/result.ts';
import { DAY_MS, dayOf } from '../../shared/time.ts';
import type { Act } from './act.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

const CONTROL = 'ec2-security-group-admin-ports-restricted';
const TERRAFORM = 'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 terraform-provider-aws/6.9.0 aws-sdk-go-v2/1.39.0';

/** What the control of these acts made of an event. */
async function resultOf(stage: Stage, event: object): Promise<Result | undefined> {
  return (await stage.replay({ event })).find(({ controlId }) => controlId === CONTROL);
}

const byTerraform = (event: object) => {
  const { detail } = event as { readonly detail?: object };
  return { ...event, detail: { ...detail, userAgent: TERRAFORM } };
};

/** Says how it ended, and what is wrong where it had to end otherwise. */
function expected(screen: Screen, what: string, result: Result | undefined, outcome: Outcome): readonly string[] {
  screen.say(`${what}: ${result?.outcome ?? 'nothing'}`, '   ');
  if (result?.outcome === outcome) return [];
  return [`${what}, expected ${outcome}: ${result?.outcome ?? 'nothing'}, ${result?.error ?? result?.annotation}`];
}

const undone: Act = {
  title: 'Undo: one remediation is undone, and stays so',
  async play({ stage, screen }) {
    const { event } = await (await ssh.prepare(stage.account)).happen();
    const result = await resultOf(stage, event);
    const problems = [...expected(screen, `${ssh.title}: ${result?.resourceId}`, result, 'remediated')];
    const request = { id: result?.remediationId ?? '', by: 'you', reason: 'the vendor needs it until Friday' };
    const { aws, region } = stage.account;
    await undo(
      { ...request, expires: dayOf(new Date(Date.now() + 7 * DAY_MS)), dryRun: false },
      stage.engine,
      controls,
      (call, ref) => sendUndoCall(call, ref, aws),
    );
    screen.say(
      `npx evenkeel undo ${request.id} restores the rule, with its description and tags, in ${region}.`,
      '   ',
    );
    problems.push(...expected(screen, 'Its event comes again', await resultOf(stage, event), 'exempted'));
    return { summary: problems.length === 0 ? 'undo holds' : 'undo does NOT hold', problems };
  },
};

const flapping: Act = {
  title: 'A tool that restores its drift again and again: Evenkeel stops, and says who it is',
  async play({ stage, screen }) {
    const { happen } = await ssh.prepare(stage.account);
    const open = async () => resultOf(stage, byTerraform((await happen()).event));
    const { times } = stage.engine.policy.limits.flap;
    const problems: string[] = [];
    for (let time = 1; time <= times; time += 1)
      problems.push(...expected(screen, `Terraform opens it, ${time}`, await open(), 'remediated'));
    await stage.mail();
    problems.push(...expected(screen, `Terraform opens it, ${times + 1}`, await open(), 'halted'));
    const mail = (await stage.mail()).find(({ text }) => text.includes('Terraform'));
    if (mail === undefined) problems.push('no notification says that Terraform restores it');
    else screen.quote(mail.text);
    return { summary: problems.length === 0 ? 'flapping is stopped' : 'flapping is NOT stopped', problems };
  },
};

const paused: Act = {
  title: 'Pause: everything is stopped, and goes on',
  async play({ stage, screen }) {
    const { ledger } = stage.engine;
    const { happen } = await ssh.prepare(stage.account);
    await ledger.pause({ control: null, reason: 'release night', by: 'you', at: new Date().toISOString() });
    screen.say('npx evenkeel pause --reason "release night"', '   ');
    const { event } = await happen();
    const problems = [...expected(screen, ssh.title, await resultOf(stage, event), 'halted')];
    await ledger.resume(null);
    screen.say('npx evenkeel resume --look', '   ');
    problems.push(...expected(screen, 'It is evaluated again', await resultOf(stage, event), 'remediated'));
    return { summary: problems.length === 0 ? 'pause works' : 'pause does NOT work', problems };
  },
};

/** What keeps those safe who switch it on. */
export const safetyActs: readonly Act[] = [undone, flapping, paused];
