import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { engineWith } from '../../shared/cli/context.ts';
import { memoryLedger } from '../../shared/ledger/memory.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { change, exemptionOf, findingOf } from '../support/ledger-fixtures.ts';

const before = { ...process.env };
beforeAll(() => {
  process.env.AWS_REGION = 'eu-west-1';
});
afterAll(() => {
  process.env = before;
});

const KEY = 'k';
const engineIn = (mode: 'detect' | 'remediate') => engineWith(memoryLedger(), mode, policyFrom({}));

/** Writes with every method that a ledger has for it. */
async function writeAll({ ledger }: ReturnType<typeof engineIn>) {
  await change(ledger, KEY, { findings: { c: findingOf('c') } });
  await ledger.saveExemption(exemptionOf('ex-1'));
  await ledger.pause({ control: null, reason: '', by: '', at: '' });
  await ledger.markOnce('once');
  await ledger.announcements.enqueue('key', { severity: 'LOW', subject: '', text: '' });
}

/** What is in the ledger of an engine. */
const contentOf = async ({ ledger }: ReturnType<typeof engineIn>) => ({
  version: (await ledger.load(KEY)).version,
  exemptions: (await ledger.exemptions()).length,
  pauses: (await ledger.pauses()).length,
  isMarked: await ledger.wasMarked('once'),
  announcements: (await ledger.announcements.claim(Date.now())).length,
});

describe('the engine of a command', () => {
  test('is at home in the region of the command', () => {
    expect(engineIn('detect').home).toBe('eu-west-1');
  });

  test('writes nothing to the ledger in a dry run', async () => {
    const engine = engineIn('detect');
    await writeAll(engine);
    expect(await contentOf(engine)).toEqual({
      version: 0,
      exemptions: 0,
      pauses: 0,
      isMarked: false,
      announcements: 0,
    });
  });

  test('keeps what a run in mode remediate writes', async () => {
    const engine = engineIn('remediate');
    await writeAll(engine);
    expect(await contentOf(engine)).toEqual({
      version: 1,
      exemptions: 1,
      pauses: 1,
      isMarked: true,
      announcements: 1,
    });
  });
});
