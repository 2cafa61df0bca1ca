import { isObject, objectOrNull, stringOrNull } from '../event.ts';
import { visible } from '../text.ts';

export const VERBS = ['approve', 'reject', 'undo'] as const;
export type Verb = (typeof VERBS)[number];

/** How the ids of our buttons begin. */
export const ACTION = 'evenkeel-';

/** A press of one of our buttons. */
export interface Press {
  readonly verb: Verb;
  readonly controlId: string;
  readonly remediationId: string;
  readonly user: { readonly id: string; readonly name: string };
  /** Where answers go; it takes five within half an hour. */
  readonly responseUrl: string;
  /** The message, in whose thread the answer stands. */
  readonly threadTs: string | null;
}

const MAX_NAME_CHARACTERS = 80;
const USER = /^[UW][A-Z0-9]{6,20}$/;
const VALUE = /^([a-z0-9-]{3,128}) (rem-[\w-]{4,120})$/;

/** The value of a button; null where it would be no valid one. */
export function buttonValue(controlId: string, remediationId: string): string | null {
  const value = `${controlId} ${remediationId}`;
  return VALUE.test(value) ? value : null;
}

/** The press in the body of a request; null where it is none of ours. Whoever calls has checked the signature. Never throws. */
export function pressIn(body: string): Press | null {
  const payload = objectOrNull(parsed(new URLSearchParams(body).get('payload') ?? ''));
  if (payload?.type !== 'block_actions' || !Array.isArray(payload.actions) || payload.actions.length !== 1) return null;
  const [action, user, team] = [payload.actions[0], payload.user, payload.team].map(objectOrNull);
  const [, controlId, remediationId] = VALUE.exec(stringOrNull(action?.value) ?? '') ?? [];
  const verb = VERBS.find((one) => action?.action_id === `${ACTION}${one}`);
  const id = stringOrNull(user?.id) ?? '';
  // Channels can be shared with other workspaces: their users are strangers.
  const isStranger = team !== null && team !== undefined && stringOrNull(user?.team_id) !== stringOrNull(team.id);
  const responseUrl = stringOrNull(payload.response_url) ?? '';
  if (verb === undefined || controlId === undefined || remediationId === undefined) return null;
  if (!USER.test(id) || isStranger || !isResponseUrl(responseUrl)) return null;
  const name = visible(stringOrNull(user?.username) ?? stringOrNull(user?.name) ?? '').slice(0, MAX_NAME_CHARACTERS);
  const ts = threadOf(payload.message);
  return { verb, controlId, remediationId, user: { id, name: name.toWellFormed() }, responseUrl, threadTs: ts };
}

function threadOf(message: unknown): string | null {
  if (!isObject(message)) return null;
  const ts = stringOrNull(message.thread_ts) ?? stringOrNull(message.ts) ?? '';
  return /^\d{1,12}\.\d{1,9}$/.test(ts) ? ts : null;
}

const HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];

/** Slack's, and in tests this machine's. */
function isResponseUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:'
    ? HOSTS.includes(url.host)
    : url.protocol === 'http:' && url.hostname === '127.0.0.1';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
