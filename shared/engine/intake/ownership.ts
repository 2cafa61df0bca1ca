import { isAccountId } from '../../aws/account-id.ts';
import { parseArn } from '../../aws/arn.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Change } from './parse-event.ts';

/** The first account that an event says it is of beside `own`; null where it names no other. What an event says of itself can only keep us from looking: a resource that it names is ours where AWS says so. */
export const otherAccountOf = ({ kind, accountIds }: Change, own: string): string | null =>
  kind === 'unreadable' || kind === 'other' ? null : (accountIds.find((accountId) => accountId !== own) ?? null);

/** The account that a reference names as the owner of its resource, where that is not `own`: by its key, or by an ARN that serves as the id. */
export function foreignOwnerOf({ accountId, resourceId }: ResourceRef, own: string): string | null {
  const ofArn = parseArn(resourceId)?.accountId ?? '';
  return [accountId, ...(isAccountId(ofArn) ? [ofArn] : [])].find((named) => named !== own) ?? null;
}
