import { controls } from '../controls/index.ts';
import { sendUndoCallOf } from '../engine/undo/undo-call.ts';
import type { Remediation, UndoCall } from '../ledger/records.ts';
import type { Aws } from '../resource.ts';

/** Sends an undo call of any control. Throws as `sendUndoCallOf`. */
export const sendUndoCall = (call: UndoCall, ref: Remediation['ref'], aws: Aws): Promise<object> =>
  sendUndoCallOf(controls, call, ref, aws);
