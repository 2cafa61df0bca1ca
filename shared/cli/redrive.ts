import { type Message, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { parseArn } from '../aws/arn.ts';
import { awsClients } from '../aws/clients.ts';
import { queueUrlOf } from '../aws/queue-url.ts';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { messageOf } from '../engine/errors.ts';
import { colors } from './colors.ts';
import { neededRegion } from './context.ts';
import { EXIT, UsageError } from './errors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { drain, isQueueUrl, regionOfQueue } from './queue.ts';
import { outputOf } from './stack.ts';

interface RedriveOptions extends CommonOptions {
  readonly stack: string;
}

/** What became of one message. `to`: the ARN of the queue that it came from. */
interface Redriven {
  readonly messageId: string;
  readonly outcome: 'redriven' | 'kept';
  readonly to: string | null;
  readonly error: string | null;
}

export const redriveCommand = () =>
  withCommonOptions(new Command('redrive'))
    .description('Give failed events back to the functions: each goes to the queue that it came from.')
    .argument('[url]', 'the URL of the dead-letter queue (default: that of the stack)')
    .option('--stack <name>', 'the stack whose dead-letter queue is meant', DEFAULT_STACK)
    .action(redrive);

async function redrive(named: string | undefined, options: RedriveOptions): Promise<void> {
  if (named !== undefined && !isQueueUrl(named))
    throw new UsageError(`${named}: not the URL of a queue, https://sqs.…`);
  const aws = awsClients();
  const url = named ?? (await outputOf(options.stack, 'DeadLetterQueueUrl', aws(neededRegion())));
  const tally = { redriven: 0, kept: 0 };
  const giveBack = sender(url, aws);
  try {
    await drain(url, aws(regionOfQueue(url)), async (message) => {
      const result = await giveBack(message);
      tally[result.outcome] += 1;
      process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : inWords(result));
      return result.outcome === 'redriven';
    });
  } catch (error) {
    process.stderr.write(`evenkeel: ${url} cannot be drained: ${messageOf(error)}\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  if (!options.json) process.stdout.write(inSum(tally));
  process.exitCode = tally.kept > 0 ? EXIT.failed : EXIT.done;
}

/** What EventBridge writes beside an event that it could not deliver; it is of that failure and not of the event. */
const OF_EVENTBRIDGE = [
  'RULE_ARN',
  'TARGET_ARN',
  'ERROR_CODE',
  'ERROR_MESSAGE',
  'EXHAUSTED_RETRY_CONDITION',
  'RETRY_ATTEMPTS',
];

/** Sends messages of a dead-letter queue to where they came from; never throws. */
function sender(deadLetters: string, aws: ReturnType<typeof awsClients>) {
  const urls = new Map<string, Promise<string>>();
  const urlOf = (arn: string) => {
    const known = urls.get(arn) ?? queueUrlOf(arn, aws(regionIn(arn)));
    urls.set(arn, known);
    return known;
  };
  return async (message: Message): Promise<Redriven> => {
    const { MessageId: messageId = '', Body: MessageBody = '', MessageAttributes = {} } = message;
    const to = originOf(message);
    const kept = (error: string): Redriven => ({ messageId, outcome: 'kept', to, error });
    const instead = `look at what it speaks of: npx evenkeel replay --queue ${deadLetters} --mode remediate`;
    if (to === null) return kept(`nothing says which queue it came from; ${instead}`);
    if (!QUEUE_ARN.test(to)) return kept(`it was on its way to ${to}, which is not a queue; ${instead}`);
    if (deadLetters.endsWith(to.split(':').slice(-2).join('/')))
      return kept(`it came from this queue itself; ${instead}`);
    try {
      const QueueUrl = await urlOf(to);
      const own = Object.entries(MessageAttributes).filter(([name]) => !OF_EVENTBRIDGE.includes(name));
      const sent = { QueueUrl, MessageBody, MessageAttributes: Object.fromEntries(own) };
      await aws(regionIn(to))(SQSClient).send(new SendMessageCommand(sent));
    } catch (error) {
      return kept(`could not be sent to ${to}: ${messageOf(error)}`);
    }
    return { messageId, outcome: 'redriven', to, error: null };
  };
}

/** SQS knows which queue gave a message up; EventBridge, which target it could not reach. */
const originOf = ({ Attributes, MessageAttributes }: Message): string | null =>
  Attributes?.DeadLetterQueueSourceArn ?? MessageAttributes?.TARGET_ARN?.StringValue ?? null;

const QUEUE_ARN = /^arn:[a-z-]+:sqs:[a-z0-9-]+:\d{12}:[\w.-]+$/;
const regionIn = (arn: string) => parseArn(arn)?.region ?? '';

const inWords = ({ messageId, outcome, to, error }: Redriven) =>
  outcome === 'redriven'
    ? `${colors.green('✔ redriven')} ${messageId} → ${parseArn(to)?.resource}\n`
    : `${colors.red('✗ kept    ')} ${messageId}\n    ${error}\n`;

const inSum = ({ redriven, kept }: { readonly redriven: number; readonly kept: number }) =>
  redriven + kept === 0 ? 'The queue is empty.\n' : `\n${redriven} redriven, ${kept} kept\n`;
