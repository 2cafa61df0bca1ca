import { Command } from 'commander';
import pc from 'picocolors';
import type { Engine } from '../engine/engine.ts';
import { messageOf } from '../engine/errors.ts';
import { EXIT, UsageError } from './errors.ts';
import { isCutOff } from './history.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { lastingEngine } from './world.ts';

/** What an examination found, and the mend where something is wrong. */
export interface Finding {
  readonly what: string;
  readonly state: 'well' | 'look' | 'ill';
  readonly says: string;
  readonly mend: string | null;
}

/** Looks at one thing; what it throws is itself a finding. */
type Examination = readonly [what: string, examine: (engine: Engine) => Promise<Omit<Finding, 'what'>>];

const well = (says: string) => ({ state: 'well' as const, says, mend: null });
const look = (says: string, mend: string) => ({ state: 'look' as const, says, mend });
const ill = (says: string, mend: string) => ({ state: 'ill' as const, says, mend });

/** Exemptions that end within this many days are shown. */
const SOON = 7;
const DAY = 86_400_000;

const EXAMINATIONS: readonly Examination[] = [
  ['policy', async ({ policy }) => well(`version ${policy.version}`)],
  [
    'pauses',
    async ({ ledger }) => {
      const pauses = await ledger.pauses();
      if (pauses.length === 0) return well('nothing is paused');
      const says = pauses.map(
        ({ control, by, reason, at }) => `${control ?? 'everything'} since ${at} by ${by}: ${reason}`,
      );
      return look(says.join('; '), 'npx evenkeel resume [--control ID] --look');
    },
  ],
  [
    'breakers',
    async ({ ledger }) => {
      const open = [...(await ledger.breakers.all())]
        .filter(([, { openedAt }]) => openedAt !== null)
        .map(([scope]) => scope);
      if (open.length === 0) return well('all closed');
      return look(
        `open: ${open.join(', ')}`,
        'npx evenkeel history --since 1h, then: npx evenkeel resume --breaker [--control ID]',
      );
    },
  ],
  [
    'halted findings',
    async ({ ledger }) => {
      const findings = await Array.fromAsync(ledger.openFindings());
      const halted = findings.filter(({ outcome }) => outcome === 'halted');
      if (halted.length === 0) return well(`none of ${findings.length} open findings`);
      const says = halted.slice(0, 5).map(({ controlId, ref }) => `${controlId} ${ref.resourceId}`);
      return look(
        `${halted.length}: ${says.join('; ')}`,
        'change the code that brings it back, or npx evenkeel exempt',
      );
    },
  ],
  [
    'approvals',
    async (engine) => {
      const waiting = (await recent(engine)).filter(({ status }) => status === 'awaitingApproval');
      if (waiting.length === 0) return well('none is waited for');
      return look(
        waiting.map(({ id, expires }) => `${id} until ${expires}`).join('; '),
        'npx evenkeel approve ID, or reject ID --reason',
      );
    },
  ],
  [
    'runs cut off',
    async (engine) => {
      const cutOff = (await recent(engine)).filter((record) => isCutOff(record, engine.clock.now()));
      if (cutOff.length === 0) return well('none');
      return ill(
        cutOff.map(({ id, ref }) => `${id} on ${ref.resourceId}`).join('; '),
        'npx evenkeel sweep --mode remediate ends them',
      );
    },
  ],
  [
    'exemptions',
    async ({ ledger, policy, clock }) => {
      const rules = [...policy.exemptions, ...(await ledger.exemptions())];
      const day = (days: number) => new Date(clock.now().getTime() + days * DAY).toISOString().slice(0, 10);
      const ending = rules.filter(({ expires }) => expires >= day(0) && expires <= day(SOON));
      if (ending.length === 0) return well(`${rules.filter(({ expires }) => expires >= day(0)).length} hold`);
      const says = ending.map(
        ({ control, resource, owner, expires }) => `${control} ${resource} (${owner}) ends on ${expires}`,
      );
      return look(says.join('; '), 'put the resource right, or write a new exemption');
    },
  ],
];

const recent = (engine: Engine) =>
  Array.fromAsync(engine.ledger.remediations(new Date(engine.clock.now().getTime() - 30 * DAY).toISOString()));

export const doctorCommand = () =>
  withCommonOptions(new Command('doctor'))
    .description('What keeps Evenkeel from seeing or acting, each with its mend.')
    .action(doctor);

async function doctor(options: CommonOptions): Promise<void> {
  const engine = lastingEngine(options);
  const findings: Finding[] = [];
  for (const [what, examine] of EXAMINATIONS) {
    const finding = await examine(engine).catch((error: unknown) => {
      if (error instanceof UsageError) throw error;
      return ill(`could not be read: ${messageOf(error)}`, 'look at EVENKEEL_TABLE, the region and your permissions');
    });
    findings.push({ what, ...finding });
  }
  for (const finding of findings)
    process.stdout.write(options.json ? `${JSON.stringify(finding)}\n` : inWords(finding));
  process.exitCode = findings.some(({ state }) => state === 'ill') ? EXIT.failed : EXIT.done;
}

const MARKS = { well: pc.green('✓'), look: pc.yellow('!'), ill: pc.red('✗') };

const inWords = ({ what, state, says, mend }: Finding) =>
  `${MARKS[state]} ${what.padEnd(16)} ${says}\n${mend === null ? '' : `${' '.repeat(19)}${pc.dim(mend)}\n`}`;
