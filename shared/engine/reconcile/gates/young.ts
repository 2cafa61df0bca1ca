import { MINUTE_MS } from '../../../time.ts';
import type { Gate } from './gate.ts';
import { owned } from './owned.ts';

/** Tags may arrive this long after the resource. */
const TAGS_AFTER_MS = MINUTE_MS;

/** A new resource may not have its tags yet, and settings go by them. */
export const young: Gate = (candidate) => {
  const { run, createdAt = null, approved } = candidate;
  if (createdAt === null || approved || owned(candidate) !== null) return null;
  const recheckAt = createdAt.getTime() + TAGS_AFTER_MS;
  if (recheckAt <= run.now().getTime()) return null;
  const reason =
    'Created less than a minute ago, so its tags may still be to come: it is evaluated again after a minute.';
  return { outcome: 'detected', reason, quiet: true, recheckAt };
};
