import { beforeEach, describe, expect, test } from '@jest/globals';
import { assertDeclared } from '../../../shared/engine/undo/trusted.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import type { Remediation, UndoCall } from '../../../shared/ledger/records.ts';
import { type RecordDocument, recordKey, stateKey } from '../../../shared/ledger/session.ts';
import type { ResourceState } from '../../../shared/ledger/state.ts';
import { type Item, type Store, update } from '../../../shared/ledger/store.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import { REF, shut } from '../../support/fake-resource.ts';
import { says, UndoScene } from '../../support/undo-scene.ts';

let scene: UndoScene;
let store: Store;
let id: string;
beforeEach(async () => {
  scene = new UndoScene();
  store = memoryStore();
  scene.engine = { ...scene.engine, ledger: ledgerIn(store, () => scene.now) };
  id = await scene.remediated();
});

const DELETE: UndoCall = { service: 'ec2', operation: 'DeleteSecurityGroup', input: { GroupId: 'sg-victim' } };
const withUndo = (record: Remediation, undo: readonly UndoCall[]): Remediation => ({
  ...record,
  steps: record.steps.map((step) => ({ ...step, undo })),
});
/** Changes a record as somebody does who may write to the table and knows nothing of chains. */
async function alter(change: (document: RecordDocument) => RecordDocument): Promise<void> {
  const { pk, sk } = recordKey(id);
  const item = (await store.get(pk, sk)) as Item;
  await store.commit([{ ...item, read: item.version, document: change(item.document as RecordDocument) }]);
}

describe('an undo', () => {
  test.each([false, true])('refuses a record that was altered, and makes no call (dry run: %s)', async (dryRun) => {
    await alter((document) => ({ ...document, remediation: withUndo(document.remediation, [DELETE]) }));
    expect(await says(scene.undone(id, { dryRun }))).toBe(
      `TamperedError: the records of box-1 cannot be trusted: ${id} was altered; run \`evenkeel verify\``,
    );
    expect(scene.made).toEqual([]);
    expect(await scene.engine.ledger.exemptions()).toEqual([]);
  });

  test('refuses where the head of the chain was set back', async () => {
    const key = stateKey(resourceKey('box', REF));
    await update(store, [key], ([state]) => ({
      next: [{ ...(state as ResourceState), head: { sequence: 0, hash: '0'.repeat(64) } }],
      answer: undefined,
    }));
    expect(await says(scene.undone(id))).toMatch(/^TamperedError: .*the chain ends at entry 2, and should end at 0/);
    expect(scene.made).toEqual([]);
  });

  test('refuses a record that was put in the place of another', async () => {
    await alter((document) => ({ ...document, remediation: { ...document.remediation, id: 'rem-other' } }));
    expect(await says(scene.undone(id))).toBe(`TamperedError: the record of ${id} is that of rem-other`);
  });

  test('makes no call that the control does not declare, although all hashes are right', async () => {
    const forged = withUndo(await scene.recordOf(id), [DELETE]);
    const other = ledgerIn(memoryStore(), () => scene.now);
    for (const status of ['applying', 'remediated'] as const) {
      const session = await other.load(resourceKey('box', REF));
      await other
        .adopt(session, id)
        .then(([adopted]) => other.update(adopted, () => ({ records: [{ ...forged, status }], answer: null })));
    }
    scene.engine = { ...scene.engine, ledger: other };
    expect(await says(scene.undone(id))).toBe(
      'TamperedError: ec2:DeleteSecurityGroup {"GroupId":"sg-victim"} is not a call by which box-shut undoes a remediation of box-1',
    );
    expect(scene.made).toEqual([]);
  });

  test('waits for an index that is behind', async () => {
    const { ledger } = scene.engine;
    let reads = 0;
    const chain: typeof ledger.chain = async (key) => {
      const whole = await ledger.chain(key);
      return reads++ < 2 ? { ...whole, links: whole.links.slice(0, 1), evidence: new Map() } : whole;
    };
    const { undoId } = await scene.undone(id, { engine: { ...scene.engine, ledger: { ...ledger, chain } } });
    expect(undoId).toMatch(/^rem-/);
    expect(reads).toBe(3);
  });
});

test('a control that declares no undo has none', async () => {
  const record = await scene.recordOf(id);
  const calls = record.steps.flatMap(({ undo }) => undo ?? []);
  expect(() => assertDeclared(calls, record, shut)).not.toThrow();
  const { undoCalls: _, ...bare } = shut;
  expect(() => assertDeclared(calls, record, bare)).toThrow('is not a call by which box-shut undoes');
});
