import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { awsClients } from '../../shared/aws/clients.ts';
import { dynamoStore } from '../../shared/ledger/dynamodb.ts';
import { type Ledger, resourceKey } from '../../shared/ledger/ledger.ts';
import { sqliteStore } from '../../shared/ledger/sqlite.ts';
import type { Store } from '../../shared/ledger/store.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { REF } from './ledger-fixtures.ts';
import { ledgerRun, type RunAccount, type RunOptions, type RunOutcome } from './ledger-run.ts';

/** A resource that a process is to reconcile. */
export interface LedgerTask {
  readonly resourceId: string;
  readonly holder: string;
}

export interface LedgerAnswer {
  readonly outcome: RunOutcome;
  readonly opened: number;
  readonly published: readonly string[];
  /** How often each update was decided until it was written. */
  readonly tries: readonly number[];
}

// A process like a Lambda function's, or with EVENKEEL_LEDGER like a command's, with the ledger and no engine: takes a task from each line and answers it. Its first argument are the limits of the breakers.
const limits: RunOptions['limits'] = JSON.parse(process.argv[2] ?? '{}');
const { AWS_REGION = '', EVENKEEL_TABLE = '', EVENKEEL_LEDGER } = process.env;
const store =
  EVENKEEL_LEDGER === undefined ? dynamoStore(awsClients()(AWS_REGION), EVENKEEL_TABLE) : sqliteStore(EVENKEEL_LEDGER);
/** On a channel of its own: what is logged goes to stdout. */
const answer = (value: object) => writeSync(3, `${JSON.stringify(value)}\n`);

/** The ledger, and how often each of its updates was decided. */
function counted(ledger: Ledger): { readonly ledger: Ledger; readonly tries: number[] } {
  const tries: number[] = [];
  const update: Ledger['update'] = async (session, decide) => {
    let decided = 0;
    const answered = await ledger.update(session, (state, shared) => {
      decided += 1;
      return decide(state, shared);
    });
    tries.push(decided);
    return answered;
  };
  return { ledger: { ...ledger, update }, tries };
}

/** A resource that has drifted until some process remediates it; each call to it is written down beside it. */
function boxIn(boxes: Store, resourceId: string, published: string[]): RunAccount {
  const pk = `BOX#${resourceId}`;
  return {
    read: async () => (await boxes.get(pk, 'REMEDIATED')) === null,
    async call() {
      const calls = (await boxes.query(pk)).length;
      await boxes.commit([{ pk, sk: calls === 0 ? 'REMEDIATED' : `AGAIN#${calls}`, read: 0, document: true }]);
    },
    async publish({ id }) {
      published.push(id);
    },
  };
}

answer({ ready: true });
for await (const line of createInterface(process.stdin)) {
  const { resourceId, holder }: LedgerTask = JSON.parse(line);
  const ref = { ...REF, resourceId };
  const { ledger, tries } = counted(ledgerIn(store));
  const published: string[] = [];
  const options = { ledger, key: resourceKey('ec2', ref), ref, holder, limits, now: Date.now, random: Math.random };
  const ended = await ledgerRun(boxIn(store, resourceId, published), options);
  answer({ ...ended, published, tries } satisfies LedgerAnswer);
}
