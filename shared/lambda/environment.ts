import { awsClients } from '../aws/clients.ts';
import { type Engine, systemClock } from '../engine/context.ts';
import { dynamoLedger } from '../ledger/dynamodb.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { memoryLedger } from '../ledger/memory.ts';
import { consoleNotifier } from '../notify/console.ts';
import { atLeast, type Notifier } from '../notify/notifier.ts';
import { snsNotifier } from '../notify/sns.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { policyFrom } from '../policy/settings.ts';
import { codeVersion } from './version.ts';

/** The ledger of `EVENKEEL_TABLE`; without it, one in memory. */
export function ledgerFromEnvironment(aws: Engine['aws'], region: string): Ledger {
  const table = process.env.EVENKEEL_TABLE;
  return table ? dynamoLedger(aws(region), table) : memoryLedger();
}

/** The notifier of `EVENKEEL_TOPIC_ARN`; without it, `otherwise`. */
export function notifierFromEnvironment(aws: Engine['aws'], region: string, otherwise: Notifier): Notifier {
  const topic = process.env.EVENKEEL_TOPIC_ARN;
  return topic ? snsNotifier(aws(region), topic) : otherwise;
}

/** The engine of a Lambda function: what it does not find in its environment it keeps in memory and writes to its log. */
export function engineFromEnvironment(document: PolicyDocument, log: (text: string) => void): Engine {
  const aws = awsClients();
  const region = process.env.AWS_REGION ?? '';
  const policy = policyFrom(document);
  return {
    aws,
    ledger: ledgerFromEnvironment(aws, region),
    notifier: atLeast(policy.minimumSeverity, notifierFromEnvironment(aws, region, consoleNotifier(log))),
    policy,
    clock: systemClock,
    codeVersion,
    ceiling: 'remediate',
  };
}
