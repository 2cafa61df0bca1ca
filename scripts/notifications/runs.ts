import { EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import ssh from '../../scenes/ec2/ec2-security-group-admin-ports-restricted.ts';
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
import type { Aws } from '../../shared/resource.ts';
import type { Result } from '../../shared/result.ts';
import { DAY_MS, dayOf, HOUR_MS, MINUTE_MS } from '../../shared/time.ts';
import { beatIn, heartbeatArrived } from '../../shared/watch/beat.ts';
import { dailyTasks } from '../../shared/watch/daily.ts';
import { publishWaitingNotices } from '../../shared/watch/waiting-notices.ts';
import type { Stage } from '../demo/stage.ts';

const CONTROL = 'ec2-security-group-admin-ports-restricted';
const STACK = 'evenkeel-prod';
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
  const opened = async () => (await (await ssh.prepare(account)).happen()).event;
  /** The message of that kind, the latest, of what was published since the last time. */
  const keep = (kind: Message['kind']) => {
    const message = sent.findLast((one) => one.kind === kind);
    if (message === undefined) throw new Error(`no notification is of kind ${kind}: ${sent.map((one) => one.kind)}`);
    found.set(kind, message);
    sent = [];
  };
  const refusing = (name: string, message: string) =>
    inMode('remediate', { aws: (region) => refusingCalls(stage.engine.aws(region), name, message) });

  const remediate = inMode('remediate');
  const event = await opened();
  const done = await give(event, remediate);
  keep('remediated');
  const expires = dayOf(new Date(Date.now() + 5 * DAY_MS));
  const by = 'arn:aws:sts::111122223333:assumed-role/Developer/jo';
  const request = { id: done?.remediationId ?? '', by, reason: 'the vendor needs it', expires, dryRun: false };
  await undo(request, remediate, controls, (call, ref) => sendUndoCall(call, ref, account.aws));
  keep('undone');
  await dailyTasks(remediate);
  keep('exemptionEnding');
  const left = await opened();
  const detected = await give(left, inMode('detect'));
  keep('detected');
  await closeAll(account.aws, detected?.resourceId ?? '');
  await give(left, inMode('detect'));
  keep('resolved');
  await give(await opened(), inMode('approve'));
  keep('awaitingApproval');
  const pause = { control: null, reason: 'release night', by, at: clock.now().toISOString() };
  await stage.engine.ledger.pause(pause);
  await give(await opened(), remediate);
  keep('halted');
  await stage.engine.ledger.resume(null);
  await give(await opened(), refusing('UnauthorizedOperation', BY_SCP));
  keep('blocked');
  await give(await opened(), refusing('InvalidPermission.Malformed', 'The permission could not be understood.'));
  keep('failed');

  const burst = engineWith({ controls: { [CONTROL]: { mode: 'detect' } } });
  const deferred = { ...burst, notifier: { ...burst.notifier, defers: () => true } };
  for (const _ of [1, 2, 3, 4, 5, 6, 7]) await give(await opened(), deferred);
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
    table: undefined,
    topicArn: undefined,
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
  return found;
}

const BY_SCP =
  'You are not authorized to perform this operation with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-example/service_control_policy/p-example';

/** Clients whose changes of security groups AWS refuses. */
const refusingCalls =
  (aws: Aws, name: string, message: string): Aws =>
  (client, region) => {
    const real = aws(client, region) as { send(command: unknown): Promise<unknown> };
    const send = async (command: unknown) => {
      if (!(command instanceof RevokeSecurityGroupIngressCommand)) return real.send(command);
      throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 403 } });
    };
    return new Proxy(real, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) }) as never;
  };

/** A person closes by hand what stands open to the world. */
async function closeAll(aws: Aws, GroupId: string): Promise<void> {
  const world = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await aws(EC2Client).send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [world] }));
}
