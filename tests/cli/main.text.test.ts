import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Tool } from '../../shared/attribution.ts';
import { inWords as diagnosisInWords } from '../../shared/cli/doctor.ts';
import { inWords as recordInWords } from '../../shared/cli/history.ts';
import { inWords as redrivenInWords } from '../../shared/cli/redrive.ts';
import { headerOf } from '../../shared/cli/run-header.ts';
import { headline } from '../../shared/cli/undo.ts';
import { diagnose } from '../../shared/doctor/run.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { sqliteStore } from '../../shared/ledger/sqlite.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { evenkeelAs, type Finished, temporaryFolder } from '../support/command.ts';
import { contextWith } from '../support/doctor-context.ts';
import { ADMIN_PORTS, openedEvent } from '../support/drift.ts';
import { change, exemptionOf, findingOf, REF, remediationOf, saveRecord } from '../support/ledger-fixtures.ts';
import { testAccount } from '../support/sandbox.ts';

/** What no output may hold; its own line breaks apart. */
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;
const PLANTED = 'evenkeel: planted';
/** Begins a line of its own, clears the screen, and turns and hides what follows. */
const HOSTILE = `x\n${PLANTED}\r\x1b[2J\x07\u009b\u202e\u2066\u2028\u200b'"\`$(id)`;

const folder = temporaryFolder();
const account = await testAccount();
const evenkeel = evenkeelAs({ ...account.env, EVENKEEL_LEDGER: ':memory:' });
let files = 0;

/** A ledger in which strangers have named whatever they can name: its file. */
async function seed(): Promise<string> {
  files += 1;
  const file = join(folder, `${files}.sqlite`);
  const ledger = ledgerIn(sqliteStore(file));
  const ref = { ...REF, accountId: account.accountId, resourceId: `sg-${HOSTILE}` };
  const record = remediationOf('rem-1', {
    ref,
    status: 'remediated',
    annotation: HOSTILE,
    error: HOSTILE,
    eventName: HOSTILE,
    decidedBy: HOSTILE,
    attribution: { actor: HOSTILE, sourceIp: HOSTILE, userAgent: HOSTILE, tool: HOSTILE as Tool },
  });
  const [step] = record.steps;
  const steps =
    step === undefined ? [] : [{ ...step, input: { [HOSTILE]: HOSTILE }, requestId: HOSTILE, error: HOSTILE }];
  await saveRecord(ledger, { ...record, steps });
  await saveRecord(ledger, {
    ...record,
    steps,
    id: 'rem-2',
    status: 'awaitingApproval',
    expires: '2999-01-01T00:00:00.000Z',
  });
  const finding = findingOf(ADMIN_PORTS, { outcome: 'halted', annotation: HOSTILE, fingerprint: HOSTILE });
  await change(ledger, resourceKey('ec2', ref), { arn: HOSTILE, findings: { [ADMIN_PORTS]: finding } });
  const expires = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await ledger.saveExemption(
    exemptionOf('ex-1', {
      resource: HOSTILE,
      owner: HOSTILE,
      reason: HOSTILE,
      createdBy: HOSTILE,
      expires,
      elements: [HOSTILE],
    }),
  );
  await ledger.pause({ control: null, reason: HOSTILE, by: HOSTILE, at: '2026-11-01T00:00:00.000Z' });
  return file;
}
const event = JSON.stringify(openedEvent(account, 'sg-1', 'e')).replaceAll('"sg-1"', JSON.stringify(`sg-${HOSTILE}`));
writeFileSync(join(folder, 'event.json'), event.replaceAll('"e"', JSON.stringify(HOSTILE)));

function expectSafe({ stdout, stderr }: Finished) {
  for (const text of [stdout, stderr]) {
    expect(text).not.toMatch(UNSAFE);
    expect(text.split('\n').filter((line) => line.trimStart().startsWith(PLANTED))).toEqual([]);
  }
}

describe('what strangers named reaches the terminal visible, on the line where it belongs', () => {
  /** The subcommands that read the ledger, and whether they show what it holds. */
  test.each<readonly [args: readonly string[], shows: boolean]>([
    [['history', '--since', '2026-01-01'], true],
    [['findings'], true],
    [['findings', '--output', 'csv'], true],
    [['findings', '--output', 'sarif', '--resource', '*'], true],
    [['exempt', '--list'], true],
    [['doctor'], true],
    [['sweep', '--all', '--control', 'ec2-security-group-*', '--region', account.region], true],
    [['replay', 'event.json'], true],
    [['approve', 'rem-2'], true],
    [['exempt', '--end', 'ex-1'], true],
    [['resume', '--look'], false],
    [['reject', 'rem-2', '--reason', 'x'], false],
    [['undo', 'rem-1'], false],
    [['undo', 'rem-1', '--dry-run'], false],
    [['verify'], false],
    [['report', '--file', '-'], true],
  ])('evenkeel %j', async (args, shows) => {
    for (const flags of args.includes('--output') ? [[]] : [[], ['--json']]) {
      const finished = await evenkeel([...args, ...flags], { cwd: folder, env: { EVENKEEL_LEDGER: await seed() } });
      expectSafe(finished);
      expect(finished.stderr).toMatch(/^evenkeel: account \d{12}; /);
      // Else it would be a test of nothing.
      if (shows) expect(`${finished.stdout}${finished.stderr}`).toContain('planted');
    }
  });

  test('also where the operator himself pastes it', async () => {
    const flags = ['--owner', 'web@example.com', '--reason', HOSTILE, '--expires', '2999-01-01'];
    expectSafe(await evenkeel(['exempt', '--control', HOSTILE, '--resource', HOSTILE, ...flags]));
    expectSafe(await evenkeel(['replay', HOSTILE]));
    expectSafe(await evenkeel(['redrive', HOSTILE]));
    expectSafe(await evenkeel(['history', '--since', HOSTILE, '--resource', HOSTILE]));
    expectSafe(await evenkeel(['sweep', '--region', HOSTILE]));
    expectSafe(await evenkeel(['report', '--from', HOSTILE]));
    expectSafe(await evenkeel(['controls', '--policy', HOSTILE]));
    expectSafe(await evenkeel(['pause', '--reason', HOSTILE]));
  });
});

/** Texts as a stranger would choose them. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\x1b[2J', '\n', '\r', '\x07', '\x9b', '\u202e', '\u2066', '\u200f', '\u2028', '\u0000', '\ud800'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
});

describe('whatever the text', () => {
  /** Holds for every text, and breaks no line more than for a harmless one. */
  const holds = (said: (text: string) => string) =>
    fc.assert(
      fc.property(hostile, (text) => {
        expect(said(text)).not.toMatch(UNSAFE);
        expect(said(text).split('\n')).toHaveLength(said('x').split('\n').length);
      }),
    );

  test('a record', () => {
    holds((text) => {
      const record = remediationOf(`rem-${text}`, {
        ref: { resourceType: text, resourceId: text, accountId: text, region: text },
        controlId: text,
        annotation: text,
        error: text,
        undoes: text,
        decidedBy: text,
        attribution: { actor: text, sourceIp: text, userAgent: text, tool: `t${text}` as Tool },
        times: { event: text, received: text, decided: text, applied: text, verified: text },
      });
      const steps = record.steps.map((step) => ({
        ...step,
        service: text,
        operation: text,
        input: { a: text },
        requestId: text,
      }));
      const pending = { ...record, steps, status: 'pending', recheckAt: text, expires: text } as const;
      return [recordInWords(pending, false), recordInWords({ ...pending, status: 'awaitingApproval' }, true)].join('');
    });
  });

  test('a message that was redriven, or not', () => {
    holds((text) => redrivenInWords({ messageId: text, outcome: 'failed', to: text, error: text }));
    holds((text) =>
      redrivenInWords({ messageId: text, outcome: 'redriven', to: `arn:aws:sqs:eu-west-1:1:${text}`, error: null }),
    );
  });

  test('the first line of a run', () => {
    holds((text) => headerOf({ account: text, regions: text, policy: text, ledger: text, access: 'detect' }));
  });

  test('an undo', () => {
    const exemptions = [exemptionOf('ex-1')];
    holds((text) =>
      headline({ record: remediationOf('rem-1'), calls: [], exemptions, undoId: 'rem-2', isPending: true }, text, text),
    );
  });

  test('a diagnosis, whose long lines are wrapped', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const result = { status: 'warning', subject: text, message: text, remedy: text } as const;
        for await (const diagnosis of diagnose([{ name: 'c', remedy: '', run: async () => result }], contextWith({})))
          expect(diagnosisInWords(diagnosis)).not.toMatch(UNSAFE);
      }),
    );
  });
});
