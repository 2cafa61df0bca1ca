import type { Attribution, Tool } from '../../attribution.ts';
import { parseArn } from '../../aws/arn.ts';

/** Who made changes, all sessions of a role together. */
export interface Actor {
  readonly kind: 'person' | 'role' | 'root' | 'service' | 'unknown';
  /** The user, the person behind a session of IAM Identity Center, the role, or the service. */
  readonly name: string;
  readonly tool: Tool | null;
}

/** IAM's own limit for a name with its path is longer than anybody reads. */
const MAX_NAME_LENGTH = 128;
const IDENTITY_CENTER_ROLE = /^AWSReservedSSO_/;
const SERVICE = /^[\w.-]+\.amazonaws\.com(\.cn)?$/;

/** Who an attribution names. Sessions of a role are the role's: their names vary from call to call. */
export function actorOf(attribution: Attribution | null): Actor {
  const { kind, name } = identityOf(attribution?.actor ?? null);
  return { kind, name: name.slice(0, MAX_NAME_LENGTH), tool: attribution?.tool ?? null };
}

function identityOf(actor: string | null): Omit<Actor, 'tool'> {
  if (actor === null) return { kind: 'unknown', name: 'unknown' };
  if (SERVICE.test(actor)) return { kind: 'service', name: actor };
  const resource = parseArn(actor)?.resource;
  if (resource === undefined) return { kind: 'unknown', name: actor };
  if (resource === 'root') return { kind: 'root', name: 'root user' };
  const [type, ...path] = resource.split('/');
  const last = path.at(-1) || resource;
  if (type === 'user' || type === 'federated-user') return { kind: 'person', name: last };
  if (type !== 'assumed-role') return { kind: type === 'role' ? 'role' : 'unknown', name: last };
  const [role = '', session = ''] = path;
  return IDENTITY_CENTER_ROLE.test(role) && session !== ''
    ? { kind: 'person', name: session }
    : { kind: 'role', name: role || resource };
}

/** One text for each actor. */
export const actorKey = ({ kind, name, tool }: Actor): string => JSON.stringify([kind, name, tool]);
