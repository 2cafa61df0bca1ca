import type { Ledger, Remediation } from '../ledger/ledger.ts';
import { dayFrom, endingExemptions, exemptionsOf, isCutOff } from '../watch/daily.ts';
import { type Examination, ill, look, named, well } from './diagnosis.ts';

const DAY = 86_400_000;
const WITHIN = 'see your permissions on the table and its index';

/** What the ledger says. */
export const kept: readonly Examination[] = [
  {
    what: 'pauses',
    mend: WITHIN,
    async examine({ engine: { ledger } }) {
      const pauses = await ledger.pauses();
      if (pauses.length === 0) return well('nothing is paused');
      const says = pauses.map(
        ({ control, by, reason, at }) => `${control ?? 'everything'} since ${at} by ${by}: ${reason}`,
      );
      const [first] = pauses;
      const which = first?.control ? ` --control ${first.control}` : '';
      return look(named(says), `npx evenkeel resume${which} --look`);
    },
  },
  {
    what: 'breakers',
    mend: WITHIN,
    async examine({ engine: { ledger } }) {
      const open = [...(await ledger.breakers.all())].filter(([, { openedAt }]) => openedAt !== null);
      if (open.length === 0) return well('all are closed');
      const scopes = open.map(([scope]) => scope);
      return look(
        `open: ${named(scopes)}`,
        'npx evenkeel history --since 1h, then: npx evenkeel resume --breaker [--control ID] --look',
      );
    },
  },
  {
    what: 'halted findings',
    mend: WITHIN,
    async examine({ engine: { ledger } }) {
      const findings = await Array.fromAsync(ledger.openFindings());
      const halted = findings.filter(({ outcome }) => outcome === 'halted');
      if (halted.length === 0) return well(`none; ${findings.length} open in all`);
      const says = halted.map(({ controlId, ref, annotation }) => `${controlId} ${ref.resourceId}: ${annotation}`);
      return look(
        `${halted.length}: ${named(says)}`,
        'change the code that brings it back; or npx evenkeel exempt; or npx evenkeel resume --control ID --resource ID --look',
      );
    },
  },
  {
    what: 'approvals',
    mend: WITHIN,
    async examine({ engine: { ledger, clock } }) {
      const waiting = await recent(ledger, clock.now(), ({ status }) => status === 'awaitingApproval');
      if (waiting.length === 0) return well('none is waited for');
      const says = waiting.map(({ id, ref, expires }) => `${id} for ${ref.resourceId} until ${expires}`);
      return look(named(says), 'npx evenkeel approve ID, or npx evenkeel reject ID --reason "…"');
    },
  },
  {
    what: 'runs cut off',
    mend: WITHIN,
    async examine({ engine: { ledger, clock } }) {
      const cutOff = await recent(ledger, clock.now(), (record) => isCutOff(record, clock.now()));
      if (cutOff.length === 0) return well('none');
      return ill(
        named(cutOff.map(({ id, ref }) => `${id} on ${ref.resourceId}`)),
        'npx evenkeel sweep --mode remediate',
      );
    },
  },
  {
    what: 'exemptions',
    mend: `nothing is put right while they cannot be read: ${WITHIN}, and its items whose pk is EXEMPTIONS`,
    async examine({ engine }) {
      const ending = await endingExemptions(engine);
      const today = dayFrom(engine, 0);
      const holding = (await exemptionsOf(engine)).filter(({ expires }) => expires >= today);
      if (ending.length === 0) return well(holding.length === 1 ? '1 holds' : `${holding.length} hold`);
      const says = ending.map(
        ({ control, resource, owner, expires }) => `${control} ${resource} (${owner}) ends on ${expires}`,
      );
      return look(named(says), 'put the resource right, or let it stay for longer: npx evenkeel exempt');
    },
  },
];

/** Records that may still be open: no approval is waited for so long, and no cut-off run goes unseen. */
const recent = async (ledger: Ledger, now: Date, wanted: (record: Remediation) => boolean) =>
  (await Array.fromAsync(ledger.remediations(new Date(now.getTime() - 30 * DAY).toISOString()))).filter(wanted);
