import { isCutOff, isOverdue } from '../engine/sweep/leftovers.ts';
import { type OpenRecord, type ResourceState, refOfKey } from '../ledger/ledger.ts';
import type { Finding } from '../ledger/records.ts';
import { allExemptions, EXPIRY_WARNING_DAYS, endingWithin, isActive } from '../policy/exemptions.ts';
import type { Outcome } from '../result.ts';
import { counted, type Examination, ill, look, named, type Scene, troublesOr, well } from './diagnosis.ts';

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
    async examine(scene) {
      const findings = await findingsIn(scene);
      const halted = ofOutcome(findings, 'halted');
      if (halted.length === 0) return well(`none; ${findings.length} open in all`);
      return look(
        `${halted.length}: ${named(halted.map(inWords))}`,
        'change the code that brings it back; or npx evenkeel exempt; or npx evenkeel resume --control ID --resource ID --look',
      );
    },
  },
  {
    what: 'blocked findings',
    mend: WITHIN,
    async examine(scene) {
      const blocked = ofOutcome(await findingsIn(scene), 'blocked');
      if (blocked.length === 0) return well('none');
      const says = `${blocked.length}: ${named(blocked.map(inWords))}`;
      const mend =
        'resolve what refuses; then: npx evenkeel sweep --mode remediate --control ID; or npx evenkeel exempt';
      return { ...look(says, mend), reminds: true };
    },
  },
  {
    what: 'pending',
    mend: WITHIN,
    async examine(scene) {
      const now = scene.engine.clock.now().getTime();
      const waiting = (await activeIn(scene)).filter(({ state }) => isPending(state));
      const overdue = waiting
        .filter(({ state }) => isOverdue(state, now))
        .map(({ key, state }) =>
          look(
            `${refOfKey(key).resourceId} was to be looked at again at ${timeOf(state.recheckAt)}`,
            'the schedule looks again within 15 minutes; at once: npx evenkeel sweep --mode remediate',
            key,
          ),
        );
      const next = Math.min(...waiting.map(({ state }) => state.recheckAt ?? Number.POSITIVE_INFINITY));
      const first = Number.isFinite(next) ? `; the next is looked at again at ${timeOf(next)}` : '';
      return troublesOr(
        overdue,
        waiting.length === 0 ? 'none' : `AWS is at work on ${counted(waiting.length, 'resource')}${first}`,
      );
    },
  },
  {
    what: 'approvals',
    mend: WITHIN,
    async examine(scene) {
      const waiting = await openRecords(scene, ({ status }) => status === 'awaitingApproval');
      if (waiting.length === 0) return well('none is awaited');
      const says = waiting.map(({ id, ref, expires }) => `${id} for ${ref.resourceId} until ${expires}`);
      return look(named(says), 'npx evenkeel approve ID, or npx evenkeel reject ID --reason "…"');
    },
  },
  {
    what: 'runs cut off',
    mend: WITHIN,
    async examine(scene) {
      const now = scene.engine.clock.now().getTime();
      const cutOff = await openRecords(scene, ({ status }, state) => status === 'applying' && isCutOff(state, now));
      if (cutOff.length === 0) return well('none');
      return ill(
        named(cutOff.map(({ id, ref }) => `${id} on ${ref.resourceId}`)),
        'npx evenkeel sweep --mode remediate',
      );
    },
  },
  {
    what: 'exemptions',
    mend: `nothing is remediated while they cannot be read: ${WITHIN}, and its items whose pk is SHARED`,
    async examine({ engine }) {
      const now = engine.clock.now();
      const rules = await allExemptions(engine);
      const ending = endingWithin(rules, EXPIRY_WARNING_DAYS, now);
      const holding = rules.filter((rule) => isActive(rule, now));
      if (ending.length === 0) return well(holding.length === 1 ? '1 holds' : `${holding.length} hold`);
      const says = ending.map(
        ({ control, resource, owner, expires }) => `${control} ${resource} (${owner}) ends on ${expires}`,
      );
      return look(named(says), 'remediate the resource, or let it stay for longer: npx evenkeel exempt');
    },
  },
];

interface Active {
  readonly key: string;
  readonly state: ResourceState;
}

/** The resources of which something is open, by the scene that they were read for: once for all examinations. */
const read = new WeakMap<Scene, Promise<readonly Active[]>>();

function activeIn(scene: Scene): Promise<readonly Active[]> {
  const known = read.get(scene) ?? Array.fromAsync(scene.engine.ledger.active());
  read.set(scene, known);
  return known;
}

/** An open finding, and the resource it is of. */
interface Found {
  readonly finding: Finding;
  readonly resourceId: string;
}

const findingsIn = async (scene: Scene): Promise<readonly Found[]> =>
  (await activeIn(scene)).flatMap(({ key, state }) =>
    Object.values(state.findings).map((finding) => ({ finding, resourceId: refOfKey(key).resourceId })),
  );

const ofOutcome = (found: readonly Found[], outcome: Outcome) =>
  found.filter(({ finding }) => finding.outcome === outcome);

const inWords = ({ finding: { controlId, annotation }, resourceId }: Found) =>
  `${controlId} ${resourceId}: ${annotation}`;

const isPending = ({ open, findings }: ResourceState): boolean =>
  open.some(({ status }) => status === 'pending') ||
  Object.values(findings).some(({ outcome }) => outcome === 'pending');

const timeOf = (time: number | null) => (time === null ? 'an unknown time' : new Date(time).toISOString());

/** The records that are open and wanted. */
async function openRecords(scene: Scene, wanted: (open: OpenRecord, state: ResourceState) => boolean) {
  const records = [];
  for (const { state } of await activeIn(scene))
    for (const open of state.open.filter((one) => wanted(one, state))) {
      const record = await scene.engine.ledger.remediation(open.id);
      if (record !== null) records.push(record);
    }
  return records;
}
