import { EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { allowIngress, EVERYWHERE, from, tcp } from '../../scenes/ec2/security-group.ts';
import type { SceneAccount } from '../../scenes/scene.ts';
import { sendUndoCall } from '../../shared/cli/undo-call.ts';
import { controls } from '../../shared/controls/index.ts';
import { failedEventsQueue } from '../../shared/doctor/queues.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { undo } from '../../shared/engine/undo/undo.ts';
import { announcementMessage, noticeMessage } from '../../shared/notify/compose.ts';
import type { Message } from '../../shared/notify/message.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Result } from '../../shared/result.ts';
import { DAY_MS, dayOf, HOUR_MS, MINUTE_MS } from '../../shared/time.ts';
import { beatIn, heartbeatArrived } from '../../shared/watch/beat.ts';
import { dailyTasks } from '../../shared/watch/daily.ts';
import { runTask } from '../../shared/watch/dispatch.ts';
import { publishWaitingNotices } from '../../shared/watch/waiting-notices.ts';
import type { Stage } from '../demo/stage.ts';
import { eventBy, groupsOfStack, type Person, people, taggedGroup } from './people.ts';
import { whileRefused } from './refusals.ts';

const CONTROL = 'ec2-security-group-admin-ports-restricted';
const STACK = 'evenkeel-prod';
const OWNER = 'shop@example.com';
/** Of one application; each drifts in its own way. */
const GROUPS = ['shop-web', 'shop-admin', 'shop-search', 'shop-database', 'shop-mail', 'shop-import'] as const;
const NOTIFY = { accountAlias: 'acme-prod', controlPages: 'https://wiki.example.com/evenkeel/controls' };

/** Plays what leads to each kind of notification, and gives the message that was published of each. */
export async function messagesOf(stage: Stage): Promise<ReadonlyMap<string, Message>> {
  const found = new Map<string, Message>();
  let [offset, sent]: [number, Message[]] = [0, []];
  const settings = policyFrom({ notify: NOTIFY }).notify;
  const { account } = stage;
  const clock = { now: () => new Date(Date.now() + offset), sleep: async () => {} };
  const engineWith = (document: PolicyDocument, rest: Partial<Engine> = {}): Engine => ({
    ...stage.engine,
    clock,
    policy: policyFrom({ ...document, notify: { ...NOTIFY, ...document.notify } }),
    notifier: {
      async notify(notice) {
        sent.push(noticeMessage(notice, settings));
        await stage.engine.notifier.notify(notice);
      },
      async announce(announcement) {
        sent.push(announcementMessage(announcement, settings, account.accountId));
        await stage.engine.notifier.announce(announcement);
      },
    },
    ...rest,
  });
  const inMode = (mode: 'detect' | 'approve' | 'remediate', rest: Partial<Engine> = {}) =>
    engineWith({ controls: { [CONTROL]: { mode } } }, rest);
  const only = controls.filter(({ id }) => id === CONTROL);
  const give = async (event: object, engine: Engine): Promise<Result | undefined> => {
    const context = { controls: only, fallback: account, home: account.region };
    return (await Array.fromAsync(receive(event, engine, context))).flat()[0];
  };
  const { jo, pipeline } = await people(account);
  const groups = await groupsOfStack(account, 'shop', GROUPS, OWNER);
  const group = (name: (typeof GROUPS)[number]) => groups.get(name) ?? '';
  /** SSH is opened to the world. */
  const opened = async (groupId: string, by: Person = jo) => {
    await allowIngress(by, groupId, [tcp(22, from(EVERYWHERE, 'just for today'))]);
    return eventBy(by, 'ec2/AuthorizeSecurityGroupIngress', account, groupId);
  };
  /** The message of that kind, the latest, of what was published since the last time. */
  const keep = (kind: Message['kind']) => {
    const message = sent.findLast((one) => one.kind === kind);
    if (message === undefined) throw new Error(`no notification is of kind ${kind}: ${sent.map((one) => one.kind)}`);
    found.set(kind, message);
    sent = [];
  };
  const refused = async (groupId: string, code: string, message: string) => {
    const event = await opened(groupId);
    const refusal = { call: 'RevokeSecurityGroupIngress', code, message };
    await whileRefused(refusal, (aws) => give(event, inMode('remediate', { aws })));
  };

  const remediate = inMode('remediate');
  const done = await give(await opened(group('shop-web')), remediate);
  keep('remediated');
  const expires = dayOf(new Date(Date.now() + 5 * DAY_MS));
  const by = jo.arn;
  const request = { id: done?.remediationId ?? '', by, reason: 'the vendor needs it', expires, dryRun: false };
  await undo(request, remediate, controls, (call, ref) => sendUndoCall(call, ref, account.aws));
  keep('undone');
  await dailyTasks(remediate);
  keep('exemptionEnding');
  await give(await opened(group('shop-admin')), inMode('detect'));
  keep('detected');
  await give(await closedBy(jo, account, group('shop-admin')), inMode('detect'));
  keep('resolved');
  await give(await opened(group('shop-search'), pipeline), inMode('approve'));
  keep('awaitingApproval');
  const pause = { control: null, reason: 'release night', by, at: clock.now().toISOString() };
  await stage.engine.ledger.pause(pause);
  await give(await opened(group('shop-database')), remediate);
  keep('halted');
  await stage.engine.ledger.resume(null);
  await refused(group('shop-mail'), 'UnauthorizedOperation', BY_SCP);
  keep('blocked');
  await refused(group('shop-import'), 'InvalidPermission.Malformed', 'The permission could not be understood.');
  keep('failed');

  const burst = engineWith({ controls: { [CONTROL]: { mode: 'detect' } } });
  const deferred = { ...burst, notifier: { ...burst.notifier, defers: () => true } };
  for (const number of [1, 2, 3, 4, 5, 6, 7])
    await give(await opened(await taggedGroup(account, `batch-${number}`, 'batch@example.com'), pipeline), deferred);
  offset += 10 * MINUTE_MS;
  await publishWaitingNotices(burst);
  keep('digest');
  offset += 2 * DAY_MS;
  await dailyTasks(engineWith({ notify: { reminders: { CRITICAL: '1d' } } }));
  keep('reminder');

  await account.aws(SQSClient).send(new CreateQueueCommand({ QueueName: failedEventsQueue(STACK) }));
  const context = {
    engine: engineWith({}),
    home: account.region,
    accountId: account.accountId,
    stack: STACK,
    table: stage.table,
    // One that somebody has removed.
    topicArn: `arn:aws:sns:${account.region}:${account.accountId}:${STACK}-notices`,
    services: [],
    measure: () => {},
    warn: () => {},
  };
  for (const _ of [1, 2, 3, 4, 5, 6]) {
    await beatIn([account.region], context);
    offset += HOUR_MS / 2;
  }
  keep('blind');
  await heartbeatArrived(account.region, clock.now().getTime(), context);
  keep('recovered');
  await runTask({}, context);
  keep('attention');
  return found;
}

const BY_SCP =
  'You are not authorized to perform this operation with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-example/service_control_policy/p-example';

/** A person closes by hand what stands open to the world. */
async function closedBy(person: Person, account: SceneAccount, GroupId: string): Promise<object> {
  const world = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: EVERYWHERE }] };
  await person.aws(EC2Client).send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [world] }));
  return eventBy(person, 'ec2/RevokeSecurityGroupIngress', account, GroupId);
}
