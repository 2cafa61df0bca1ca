import { randomUUID } from 'node:crypto';
import type { Exemption } from '../ledger/records.ts';
import { DAY_MS, dayOf } from '../time.ts';
import { fits } from './patterns.ts';
import type { ExemptionRule } from './policy.ts';

/** Days before an exemption ends on which its owner is notified. */
export const EXPIRY_WARNING_DAYS = 7;

/** What an exemption is asked about: a control or detection, and a resource. */
export interface ExemptionTarget {
  readonly controlId: string;
  readonly arn: string;
  readonly resourceId: string;
}

interface Sources {
  readonly policy: { readonly exemptions: readonly ExemptionRule[] };
  readonly ledger: { exemptions(): Promise<readonly ExemptionRule[]> };
}

/** An id for an exemption that is made now, `ex-2027-01-31-1a2b3c4d`: a person may name it by how it begins. */
export const newExemptionId = (now: Date): string => `ex-${dayOf(now)}-${randomUUID().slice(0, 8)}`;

/** Every exemption of policy.yml and of the ledger, expired ones included. */
export const allExemptions = async ({ policy, ledger }: Sources): Promise<readonly ExemptionRule[]> => [
  ...policy.exemptions,
  ...(await ledger.exemptions()),
];

/** True until the last day (UTC) is over. */
export const isActive = ({ expires }: Pick<ExemptionRule, 'expires'>, now: Date): boolean => expires >= dayOf(now);

/** True where an exemption names this resource by its ARN or id. */
export const namesResource = (
  { resource }: Pick<ExemptionRule, 'resource'>,
  { arn, resourceId }: Pick<ExemptionTarget, 'arn' | 'resourceId'>,
): boolean => fits(resource, arn) || fits(resource, resourceId);

/** True where an exemption is of this resource or may be; each of them an ARN, an id, or a pattern: an id is how an ARN ends. */
export function mayName({ resource }: Pick<ExemptionRule, 'resource'>, named: string): boolean {
  const [id = ''] = /[^/:]*$/.exec(resource) ?? [];
  return endsAs(named, resource) || endsAs(resource, named) || fits(id, named);
}

const endsAs = (pattern: string, text: string): boolean =>
  ['', '*/', '*:'].some((before) => fits(`${before}${pattern}`, text));

/** True where an exemption names this control and resource, expired or not. */
export const covers = (rule: ExemptionRule, target: ExemptionTarget): boolean =>
  rule.control === target.controlId && namesResource(rule, target);

/** The first exemption that is active and covers the target; null where none does. */
export const activeExemption = (
  rules: readonly ExemptionRule[],
  target: ExemptionTarget,
  now: Date,
): ExemptionRule | null => rules.find((rule) => isActive(rule, now) && covers(rule, target)) ?? null;

/** Exemptions of whole findings: what an undo restored is exempt by its elements alone. */
export const ofWholeFindings = (exemptions: readonly Exemption[]): readonly Exemption[] =>
  exemptions.filter(({ elements }) => elements === undefined);

/** Those that are active and end within `days` from now. */
export function endingWithin(rules: readonly ExemptionRule[], days: number, now: Date): readonly ExemptionRule[] {
  const last = daysFrom(now, days);
  return rules.filter((rule) => isActive(rule, now) && rule.expires <= last);
}

/** Those that ended within the last days. */
export function endedWithin(rules: readonly ExemptionRule[], days: number, now: Date): readonly ExemptionRule[] {
  const first = daysFrom(now, -days);
  return rules.filter((rule) => !isActive(rule, now) && rule.expires >= first);
}

const daysFrom = (now: Date, days: number): string => dayOf(new Date(now.getTime() + days * DAY_MS));

/** As HTML takes an address for one, and with a domain that has a dot. */
const E_MAIL = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$/;

/** True for an e-mail address, which the owner of an exemption has to be where a person grants it. */
export const isEMail = (text: string): boolean => E_MAIL.test(text);

/** An exemption in a sentence. */
export const describeExemption = ({ expires, owner, reason }: ExemptionRule): string =>
  `Exempt until ${expires} (${owner}): ${reason}.`;
