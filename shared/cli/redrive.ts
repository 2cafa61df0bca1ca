import { type Message, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { parseArn } from '../aws/arn.ts';
import { awsClients } from '../aws/clients.ts';
import { queueUrlOf } from '../aws/queue-url.ts';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { shellQuoted, visible, visibleJson } from '../text.ts';
import { inOneLine } from './aws-problem.ts';
import { callerOf } from './caller.ts';
import { colors } from './colors.ts';
import { accountName } from './context.ts';
import { EXIT, UsageError } from './errors.ts';
import { summarizeOnInterrupt } from './interrupt.ts';
import { type CommonOptions, requiredRegion, withCommonOptions } from './options.ts';
import { drain, isQueueUrl, regionOfQueue } from './queue.ts';
import { printHeader } from './run-header.ts';
import { outputOf } from './stack.ts';

/** The result for one message. `to`: the ARN of the queue it came from. */
export interface Redriven {
  readonly messageId: string;
  readonly outcome: 'redriven' | 'failed';
  readonly to: string | null;
  readonly error: string | null;
}

export const redriveCommand = () =>
  withCommonOptions(new Command('redrive'))
    .description('Return failed events to the functions: each to the queue it came from.')
    .argument('[url]', 'the URL of the dead-letter queue (default: that of the stack)')
    .action(redrive);

async function redrive(named: string | undefined, options: CommonOptions): Promise<void> {
  if (named !== undefined && !isQueueUrl(named)) throw new UsageError(`${named}: not a queue URL (https://sqs.…)`);
  const aws = awsClients();
  const region = named === undefined ? requiredRegion() : regionOfQueue(named);
  const account = await accountName(callerOf(aws, region));
  printHeader({ account, regions: `region ${region}`, access: 'queues' });
  const url = named ?? (await outputOf(options.stack ?? DEFAULT_STACK, 'DeadLetterQueueUrl', aws(region)));
  const tally = { redriven: 0, failed: 0 };
  const redriveMessage = redriver(url, aws);
  const isJson = options.json === true;
  summarizeOnInterrupt({ text: () => `${summary(tally).trimEnd()}; the rest stays in the queue`, isJson });
  try {
    await drain(url, aws(region), async (message) => {
      const result = await redriveMessage(message);
      tally[result.outcome] += 1;
      process.stdout.write(options.json ? `${visibleJson(JSON.stringify(result))}\n` : inWords(result));
      return result.outcome === 'redriven';
    });
  } catch (error) {
    process.stderr.write(`evenkeel: ${visible(`${url}: cannot read the queue: ${inOneLine(error)}`)}\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  if (!options.json) process.stdout.write(summary(tally));
  process.exitCode = tally.failed > 0 ? EXIT.failed : EXIT.done;
}

/** The attributes that EventBridge adds to an event it could not deliver; they describe that failure and are not sent on. */
const EVENTBRIDGE_ATTRIBUTES = [
  'RULE_ARN',
  'TARGET_ARN',
  'ERROR_CODE',
  'ERROR_MESSAGE',
  'EXHAUSTED_RETRY_CONDITION',
  'RETRY_ATTEMPTS',
];

/** Returns a function that sends a message of a dead-letter queue back to its origin; it never throws. */
function redriver(deadLetters: string, aws: ReturnType<typeof awsClients>) {
  const urls = new Map<string, Promise<string>>();
  const urlOf = (arn: string) => {
    const known = urls.get(arn) ?? queueUrlOf(arn, aws(regionIn(arn)));
    urls.set(arn, known);
    return known;
  };
  return async (message: Message): Promise<Redriven> => {
    const { MessageId: messageId = '', Body: MessageBody = '', MessageAttributes = {} } = message;
    const to = originOf(message);
    const failed = (error: string): Redriven => ({ messageId, outcome: 'failed', to, error });
    const instead = `process its event instead: npx evenkeel replay --queue ${shellQuoted(deadLetters)} --mode remediate`;
    if (to === null) return failed(`its queue of origin is unknown; ${instead}`);
    if (!QUEUE_ARN.test(to)) return failed(`it was sent to ${to}, which is not a queue; ${instead}`);
    if (deadLetters.endsWith(to.split(':').slice(-2).join('/')))
      return failed(`its queue of origin is this one; ${instead}`);
    try {
      const QueueUrl = await urlOf(to);
      const own = Object.entries(MessageAttributes).filter(([name]) => !EVENTBRIDGE_ATTRIBUTES.includes(name));
      const sent = { QueueUrl, MessageBody, MessageAttributes: Object.fromEntries(own) };
      await aws(regionIn(to))(SQSClient).send(new SendMessageCommand(sent));
    } catch (error) {
      return failed(`cannot send it to ${to}: ${inOneLine(error)}`);
    }
    return { messageId, outcome: 'redriven', to, error: null };
  };
}

/** SQS records the queue a message was moved from, EventBridge the target it could not reach. */
const originOf = ({ Attributes, MessageAttributes }: Message): string | null =>
  Attributes?.DeadLetterQueueSourceArn ?? MessageAttributes?.TARGET_ARN?.StringValue ?? null;

const QUEUE_ARN = /^arn:[a-z-]+:sqs:[a-z0-9-]+:\d{12}:[\w.-]+$/;
const regionIn = (arn: string) => parseArn(arn)?.region ?? '';

/** The result for one message, for people. */
export const inWords = ({ messageId, outcome, to, error }: Redriven) =>
  outcome === 'redriven'
    ? `${colors.green('✔ redriven')} ${visible(`${messageId} → ${parseArn(to)?.resource}`)}\n`
    : `${colors.red('✗ failed  ')} ${visible(messageId)}\n    ${visible(error ?? '')}\n`;

const summary = ({ redriven, failed }: { readonly redriven: number; readonly failed: number }) =>
  redriven + failed === 0
    ? 'The queue is empty.\n'
    : `\n${redriven} redriven, ${failed} failed${failed === 0 ? '' : ' (still in the queue)'}\n`;
