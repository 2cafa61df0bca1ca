import { visibleJson } from '../../text.ts';
import type { Actor } from './actor.ts';
import type { ActorRow, ControlRow, Summary } from './forecast.ts';
import type { FoundDrift } from './outlook.ts';

// The lines of `--json`, each identified by its `kind`; docs/what-if.md describes them.

/** What follows from today's state, where that was not read. */
const UNREAD = {
  findings: null,
  remediated: null,
  awaitingApproval: null,
  notified: null,
  left: null,
  calls: null,
} as const;

const lineOf = (kind: string, data: object): string => `${visibleJson(JSON.stringify({ kind, ...data }))}\n`;

const by = (actor: Actor | undefined) => ({
  actor: actor?.name ?? null,
  actorKind: actor?.kind ?? null,
  tool: actor?.tool ?? null,
});

export const failureLine = (where: string, error: string): string => lineOf('failure', { where, error });

export function findingLine({ result, group }: FoundDrift): string {
  const { controlId, severity, resourceType, resourceId, accountId, region } = result;
  const { outcome, annotation, mode, steps, error } = result;
  const where = { controlId, severity, resourceType, resourceId, accountId, region };
  return lineOf('finding', { ...where, outcome, annotation, mode, steps, error, ...by(group?.actor) });
}

/** `hasState`: today's state was read. */
export function actorLine({ actor, controlId, severity, ...counts }: ActorRow, hasState: boolean): string {
  return lineOf('actor', { controlId, severity, ...by(actor), ...counts, ...(hasState ? {} : UNREAD) });
}

export function controlLine(row: ControlRow, hasState: boolean): string {
  // What a detection finds stands in the log.
  const isKnown = hasState || row.findings > 0;
  return lineOf('control', isKnown ? row : { ...row, ...UNREAD, notifications: null });
}

export const summaryLine = (summary: Summary): string => lineOf('summary', summary);
