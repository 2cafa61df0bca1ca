import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import { sendUndoCall } from '../../shared/cli/undo-call.ts';
import { controls } from '../../shared/controls/index.ts';
import { undo } from '../../shared/engine/execution/undo.ts';
import type { Outcome, Result } from '../../shared/result.ts';
import type { Act } from './acts.ts';
import { told } from './sample.ts';
import type { Account } from './scene.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

const CONTROL = 'ec2-security-group-admin-ports-restricted';
const TERRAFORM = 'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 terraform-provider-aws/6.9.0 aws-sdk-go-v2/1.39.0';

/** A group that somebody opens to the world by SSH, as often as the act wants. */
async function openable({ aws, ...account }: Account, GroupName: string) {
  const ec2 = aws(EC2Client);
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName }));
  return {
    groupId: GroupId,
    /** Opens it, and gives the event; by whom is in its user agent. */
    async open(userAgent?: string): Promise<object> {
      const world = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [world] }));
      const event = told('ec2/AuthorizeSecurityGroupIngress', account, { 'requestParameters.groupId': GroupId });
      return userAgent === undefined ? event : { ...event, detail: { ...(event.detail as object), userAgent } };
    },
  };
}

/** What the control of these acts made of an event. */
async function judged(stage: Stage, event: object): Promise<Result | undefined> {
  return (await stage.replay(event)).find(({ controlId }) => controlId === CONTROL);
}

/** Says how it ended, and what is wrong where it was to end otherwise. */
function expected(screen: Screen, what: string, result: Result | undefined, outcome: Outcome): readonly string[] {
  screen.say(`${what}: ${result?.outcome ?? 'nothing'}`, '   ');
  if (result?.outcome === outcome) return [];
  return [`${what} was to end as ${outcome}: ${result?.outcome ?? 'nothing'}, ${result?.error ?? result?.annotation}`];
}

const undone: Act = {
  title: 'Taking it back: one remediation is undone, and stays so',
  async play({ stage, screen }) {
    const { groupId, open } = await openable(stage.account, 'vendor-access');
    const event = await open();
    const result = await judged(stage, event);
    const troubles = [...expected(screen, `${groupId} is opened by SSH`, result, 'remediated')];
    const request = { id: result?.remediationId ?? '', by: 'you', reason: 'the vendor needs it until Friday' };
    const { aws, region } = stage.account;
    await undo({ ...request, expires: inDays(7), dryRun: false }, stage.engine, controls, (call) =>
      sendUndoCall(call, aws),
    );
    screen.say(
      `npx evenkeel undo ${request.id} puts the rule back, with its description and tags, in ${region}.`,
      '   ',
    );
    troubles.push(...expected(screen, 'Its event comes again', await judged(stage, event), 'exempted'));
    return { summary: troubles.length === 0 ? 'undo holds' : 'undo does NOT hold', troubles };
  },
};

const flapping: Act = {
  title: 'A tool that puts its drift back again and again: Evenkeel stops, and says who it is',
  async play({ stage, screen }) {
    const { open } = await openable(stage.account, 'terraform-made');
    const { times } = stage.engine.policy.limits.flap;
    const troubles: string[] = [];
    for (let time = 1; time <= times; time += 1)
      troubles.push(
        ...expected(screen, `Terraform opens it, ${time}`, await judged(stage, await open(TERRAFORM)), 'remediated'),
      );
    await stage.mail();
    const last = await judged(stage, await open(TERRAFORM));
    troubles.push(...expected(screen, `Terraform opens it, ${times + 1}`, last, 'halted'));
    const mail = (await stage.mail()).find(({ text }) => text.includes('Terraform'));
    if (mail === undefined) troubles.push('nobody was told that Terraform brings it back');
    else screen.quote(mail.text);
    return { summary: troubles.length === 0 ? 'flapping is stopped' : 'flapping is NOT stopped', troubles };
  },
};

const paused: Act = {
  title: 'The brake: everything is paused, and goes on',
  async play({ stage, screen }) {
    const { ledger } = stage.engine;
    const { open } = await openable(stage.account, 'release-night');
    await ledger.pause({ control: null, reason: 'release night', by: 'you', at: new Date().toISOString() });
    screen.say('npx evenkeel pause --reason "release night"', '   ');
    const event = await open();
    const troubles = [...expected(screen, 'A group is opened by SSH', await judged(stage, event), 'halted')];
    await ledger.resume(null);
    screen.say('npx evenkeel resume --look', '   ');
    troubles.push(...expected(screen, 'It is looked at again', await judged(stage, event), 'remediated'));
    return { summary: troubles.length === 0 ? 'the brake works' : 'the brake does NOT work', troubles };
  },
};

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** What gives those who switch it on safe hands. */
export const safeActs: readonly Act[] = [undone, flapping, paused];
