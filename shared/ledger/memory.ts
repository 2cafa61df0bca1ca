import type { Ledger } from './ledger.ts';
import { memoryStore } from './store.ts';
import { ledgerIn } from './stored-ledger.ts';

/** A ledger that lasts as long as its process: for the command without `EVENKEEL_TABLE`, and for tests. */
export const memoryLedger = (): Ledger => ledgerIn(memoryStore());
