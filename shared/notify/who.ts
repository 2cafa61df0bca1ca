import type { Attribution } from '../attribution.ts';
import { parseArn } from '../aws/arn.ts';
import type { Who } from './message.ts';

/** Who caused it, with the names that an ARN holds. */
export function whoOf(attribution: Attribution | null, stack: string | null): Who | null {
  if (attribution === null) return null;
  const { actor, sourceIp, userAgent, tool } = attribution;
  return { actor, ...namesIn(actor), sourceIp, userAgent, tool, stack };
}

/** `assumed-role/Developer/jo`: the role and its session; `user/path/jo`: the user; what is no ARN is a name. */
function namesIn(actor: string | null): Pick<Who, 'principal' | 'session'> {
  const [kind, ...path] = parseArn(actor)?.resource.split('/') ?? [];
  if (kind === undefined) return { principal: actor, session: null };
  if (path.length === 0) return { principal: kind, session: null };
  if (kind === 'assumed-role') return { principal: path[0] ?? null, session: path.slice(1).join('/') || null };
  return { principal: path.at(-1) ?? null, session: null };
}
