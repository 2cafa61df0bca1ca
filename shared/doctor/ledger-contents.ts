import { isCutOff, isOverdue } from '../engine/sweep/leftovers.ts';
import { type OpenRecord, type ResourceState, refOfKey } from '../ledger/ledger.ts';
import type { Finding } from '../ledger/records.ts';
import { allExemptions, EXPIRY_WARNING_DAYS, endingWithin, isActive } from '../policy/exemptions.ts';
import type { Outcome } from '../result.ts';
import { counted, shellQuoted } from '../text.ts';
import { type Check, type DoctorContext, fail, listed, ok, problemsOr, warn } from './diagnosis.ts';

const REMEDY = "check your permissions on the ledger's table and its index";

/** What the ledger holds that an operator should know of. */
export const ledgerContents: readonly Check[] = [
  {
    name: 'pauses',
    remedy: REMEDY,
    async run({ engine: { ledger } }) {
      const pauses = await ledger.pauses();
      if (pauses.length === 0) return ok('none');
      const lines = pauses.map(
        ({ control, by, reason, at }) => `${control ?? 'everything'} since ${at} by ${by}: ${reason}`,
      );
      const [first] = pauses;
      const which = first?.control ? ` --control ${shellQuoted(first.control)}` : '';
      return warn(listed(lines), `npx evenkeel resume${which} --look`);
    },
  },
  {
    name: 'circuit breakers',
    remedy: REMEDY,
    async run({ engine: { ledger } }) {
      const open = [...(await ledger.breakers.all())].filter(([, { openedAt }]) => openedAt !== null);
      if (open.length === 0) return ok('all closed');
      const scopes = open.map(([scope]) => scope);
      return warn(
        `open: ${listed(scopes)}`,
        'npx evenkeel history --since 1h, then: npx evenkeel resume --breaker [--control ID] --look',
      );
    },
  },
  {
    name: 'halted findings',
    remedy: REMEDY,
    async run(context) {
      const findings = await openFindings(context);
      const halted = withOutcome(findings, 'halted');
      if (halted.length === 0) return ok(`none of ${counted(findings.length, 'open finding')}`);
      return warn(
        `${halted.length}: ${listed(halted.map(inWords))}`,
        'change the code that reintroduces the drift; or npx evenkeel exempt; or npx evenkeel resume --control ID --resource ID --look',
      );
    },
  },
  {
    name: 'blocked findings',
    remedy: REMEDY,
    async run(context) {
      const blocked = withOutcome(await openFindings(context), 'blocked');
      if (blocked.length === 0) return ok('none');
      const message = `${blocked.length}: ${listed(blocked.map(inWords))}`;
      const remedy =
        'allow what is refused, then: npx evenkeel sweep --mode remediate --control ID; or npx evenkeel exempt';
      return { ...warn(message, remedy), wasNotified: true };
    },
  },
  {
    name: 'pending',
    remedy: REMEDY,
    async run(context) {
      const now = context.engine.clock.now().getTime();
      const pending = (await activeResources(context)).filter(({ state }) => isPending(state));
      const overdue = pending
        .filter(({ state }) => isOverdue(state, now))
        .map(({ key, state }) =>
          warn(
            `${refOfKey(key).resourceId}: its recheck has been due since ${timeOf(state.recheckAt)}`,
            'the schedule makes it within 15 minutes; to make it now: npx evenkeel sweep --mode remediate',
            key,
          ),
        );
      const next = Math.min(...pending.map(({ state }) => state.recheckAt ?? Number.POSITIVE_INFINITY));
      const recheck = Number.isFinite(next) ? `; next recheck at ${timeOf(next)}` : '';
      return problemsOr(
        overdue,
        pending.length === 0 ? 'none' : `AWS is still changing ${counted(pending.length, 'resource')}${recheck}`,
      );
    },
  },
  {
    name: 'approvals',
    remedy: REMEDY,
    async run(context) {
      const awaiting = await openRecords(context, ({ status }) => status === 'awaitingApproval');
      if (awaiting.length === 0) return ok('none awaited');
      const lines = awaiting.map(({ id, ref, expires }) => `${id} for ${ref.resourceId} until ${expires}`);
      return warn(listed(lines), 'npx evenkeel approve ID, or npx evenkeel reject ID --reason "…"');
    },
  },
  {
    name: 'interrupted runs',
    remedy: REMEDY,
    async run(context) {
      const now = context.engine.clock.now().getTime();
      const interrupted = await openRecords(
        context,
        ({ status }, state) => status === 'applying' && isCutOff(state, now),
      );
      if (interrupted.length === 0) return ok('none');
      return fail(
        listed(interrupted.map(({ id, ref }) => `${id} on ${ref.resourceId}`)),
        'npx evenkeel sweep --mode remediate',
      );
    },
  },
  {
    name: 'exemptions',
    remedy: `nothing is remediated while they are unreadable: ${REMEDY}, and its items whose pk is SHARED`,
    async run({ engine }) {
      const now = engine.clock.now();
      const rules = await allExemptions(engine);
      const ending = endingWithin(rules, EXPIRY_WARNING_DAYS, now);
      const active = rules.filter((rule) => isActive(rule, now));
      if (ending.length === 0) return ok(`${active.length} active`);
      const lines = ending.map(
        ({ control, resource, owner, expires }) => `${control} ${resource} (${owner}) ends on ${expires}`,
      );
      return warn(listed(lines), 'remediate the resource, or extend its exemption: npx evenkeel exempt');
    },
  },
];

interface ActiveResource {
  readonly key: string;
  readonly state: ResourceState;
}

/** The resources with something open, read once for all checks of a run. */
const reads = new WeakMap<DoctorContext, Promise<readonly ActiveResource[]>>();

function activeResources(context: DoctorContext): Promise<readonly ActiveResource[]> {
  const read = reads.get(context) ?? Array.fromAsync(context.engine.ledger.active());
  reads.set(context, read);
  return read;
}

interface OpenFinding {
  readonly finding: Finding;
  readonly resourceId: string;
}

const openFindings = async (context: DoctorContext): Promise<readonly OpenFinding[]> =>
  (await activeResources(context)).flatMap(({ key, state }) =>
    Object.values(state.findings).map((finding) => ({ finding, resourceId: refOfKey(key).resourceId })),
  );

const withOutcome = (findings: readonly OpenFinding[], outcome: Outcome) =>
  findings.filter(({ finding }) => finding.outcome === outcome);

const inWords = ({ finding: { controlId, annotation }, resourceId }: OpenFinding) =>
  `${controlId} ${resourceId}: ${annotation}`;

const isPending = ({ open, findings }: ResourceState): boolean =>
  open.some(({ status }) => status === 'pending') ||
  Object.values(findings).some(({ outcome }) => outcome === 'pending');

const timeOf = (time: number | null) => (time === null ? 'an unknown time' : new Date(time).toISOString());

/** The open records that `matches` selects. */
async function openRecords(context: DoctorContext, matches: (open: OpenRecord, state: ResourceState) => boolean) {
  const records = [];
  for (const { state } of await activeResources(context))
    for (const open of state.open.filter((one) => matches(one, state))) {
      const record = await context.engine.ledger.remediation(open.id);
      if (record !== null) records.push(record);
    }
  return records;
}
