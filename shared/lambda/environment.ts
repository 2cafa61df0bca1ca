import type { Engine } from '../engine/engine.ts';
import { dynamoLedger } from '../ledger/dynamodb.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { memoryLedger } from '../ledger/memory.ts';
import type { Notifier } from '../notify/notifier.ts';
import { snsNotifier } from '../notify/sns.ts';

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
