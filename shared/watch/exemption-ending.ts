import { parseArn } from '../aws/arn.ts';
import { groupsOf } from '../notify/digest.ts';
import type { Announcement } from '../notify/notifier.ts';
import { isEMail } from '../policy/exemptions.ts';
import type { ExemptionRule } from '../policy/policy.ts';
import { shellQuoted, visible } from '../text.ts';

const SEVERITY = 'MEDIUM';

/** Warns the owner of an exemption, and all who read along, that it ends. */
export function endingAnnouncement({ control, resource, owner, reason, expires }: ExemptionRule): Announcement {
  const arn = parseArn(resource);
  const region = arn?.region || null;
  const where = region === null ? '' : ` in ${region}`;
  // The command takes an address only; of an undo, the owner is whoever undid it.
  const address = isEMail(owner) ? shellQuoted(owner) : '…';
  const about = { controlId: control, severity: SEVERITY, outcome: 'exempted', resourceId: resource, region } as const;
  return {
    severity: SEVERITY,
    kind: 'exemptionEnding',
    title: `Exemption expires on ${expires}`,
    subject: `Exemption expires on ${expires}: ${arn?.resource ?? resource}${where} (${parseArn(owner)?.resource ?? owner})`,
    region,
    text: [
      `The exemption expires on ${expires}. The day after, the resource is evaluated again, and remediated where the mode allows.`,
      '',
      `Resource:   ${visible(resource)}`,
      `Control:    ${control}`,
      `Owner:      ${visible(owner)}`,
      `Reason:     ${visible(reason)}`,
      '',
      'Action required: remediate it, or extend the exemption:',
      `  npx evenkeel exempt --control ${control} --resource ${shellQuoted(resource)} --owner ${address} --reason … --expires …`,
    ].join('\n'),
    groups: groupsOf([{ result: { ...about, annotation: reason, remediationId: null }, actor: null }]),
  };
}
