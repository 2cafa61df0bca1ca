import type { Context } from 'aws-lambda';
import { isAccountId } from '../aws/account-id.ts';
import { parseArn } from '../aws/arn.ts';
import { awsClients } from '../aws/clients.ts';
import type { Engine } from '../engine/context.ts';
import { type AnchorLog, anchorLine } from '../ledger/anchors.ts';
import { dynamoLedger } from '../ledger/dynamodb.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { MessageSettings } from '../notify/compose.ts';
import { consoleNotifier } from '../notify/console.ts';
import { deferring } from '../notify/deferral.ts';
import { atLeast, type Notifier } from '../notify/notifier.ts';
import { snsNotifier } from '../notify/sns.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { policyFrom } from '../policy/settings.ts';
import type { Domain } from '../service.ts';
import { systemClock } from '../time.ts';
import { outcomeFeed } from './outcome-feed.ts';
import { messageSender } from './send-messages.ts';
import { codeVersion } from './version.ts';

/** The ledger of `EVENKEEL_TABLE`. Throws without it: a function that forgets knows of no pause, no exemption and no limit. */
function ledgerFromEnvironment(aws: Engine['aws'], region: string): Ledger {
  const table = process.env.EVENKEEL_TABLE;
  if (!table) throw new Error('EVENKEEL_TABLE is not set: a function does not work without its ledger');
  return dynamoLedger(aws(region), table, logAnchors);
}

/** Anchors go straight to the function's log: no log level and no sampling leaves them out. */
const logAnchors: AnchorLog = (anchors) => {
  for (const anchor of anchors) process.stdout.write(`${anchorLine(anchor)}\n`);
};

/** The notifier of `EVENKEEL_TOPIC_ARN`; without it, `otherwise`. */
export function notifierFromEnvironment(
  aws: Engine['aws'],
  region: string,
  otherwise: Notifier,
  settings: MessageSettings,
): Notifier {
  const topic = process.env.EVENKEEL_TOPIC_ARN;
  return topic ? snsNotifier(aws(region), topic, settings) : otherwise;
}

/** Sends outcomes to the queue of `EVENKEEL_OUTCOMES_QUEUE`, or of `otherwise`; nothing without either. */
export function outcomesFromEnvironment(
  aws: Engine['aws'],
  region: string,
  otherwise?: string,
): Pick<Engine, 'sendOutcomes'> {
  const queue = process.env.EVENKEEL_OUTCOMES_QUEUE || otherwise;
  return queue ? { sendOutcomes: outcomeFeed(aws(region), queue) } : {};
}

/** The prefix of all names of a deployment, and the function's own name: `evenkeel-prod` and `infrastructure`. */
export function deployedAs(functionName: string): { readonly prefix: string; readonly name: string } {
  const at = functionName.lastIndexOf('-');
  return { prefix: functionName.slice(0, Math.max(at, 0)), name: functionName.slice(at + 1) };
}

/** The account of the function that was invoked, which is the only one that it looks at. Throws where its ARN does not say it. */
export function ownAccount({ invokedFunctionArn }: Pick<Context, 'invokedFunctionArn'>): string {
  const accountId = parseArn(invokedFunctionArn)?.accountId ?? '';
  if (!isAccountId(accountId)) throw new Error(`the function's ARN "${invokedFunctionArn}" names no account`);
  return accountId;
}

/** The engine of a Lambda function. Without a topic its notifications are logged. Throws without a table in the environment. `domains`: the domain that serves each service. */
export function engineFromEnvironment(
  document: PolicyDocument,
  log: (text: string) => void,
  domains: Readonly<Record<string, Domain>>,
): Engine {
  const aws = awsClients();
  const { AWS_REGION: region = '', AWS_LAMBDA_FUNCTION_NAME: functionName = '' } = process.env;
  const { prefix } = deployedAs(functionName);
  const policy = policyFrom(document);
  const otherwise = consoleNotifier(log, policy.notify);
  const notifier = notifierFromEnvironment(aws, region, otherwise, policy.notify);
  return {
    aws,
    ledger: ledgerFromEnvironment(aws, region),
    notifier: atLeast(policy.minimumSeverity, deferring(notifier, systemClock, policy.notify.quietHours)),
    policy,
    clock: systemClock,
    home: region,
    codeVersion,
    ceiling: 'remediate',
    send: messageSender({ aws: aws(region), prefix, domains, clock: systemClock }),
    ...outcomesFromEnvironment(aws, region),
  };
}
