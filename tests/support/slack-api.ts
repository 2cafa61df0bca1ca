import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';
import { blockErrors } from './block-kit.ts';

/** What was posted by `chat.postMessage`. */
export interface ApiPost {
  readonly ts: string;
  readonly channel: string;
  readonly text: string;
  readonly thread: string | null;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

/** How the API answers once, instead of by its rules. */
export interface ApiAnswer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const TOKEN = 'xoxb-1111-2222-SecretTokenOfTheBot';
export const TOO_FAST: ApiAnswer = { status: 429, headers: { 'retry-after': '7' } };
export const refused = (error: string): ApiAnswer => ({ body: JSON.stringify({ ok: false, error }) });

/** Slack's API on this machine: it checks the token, the blocks and the thread as Slack does. */
export async function slackApi() {
  const posts: ApiPost[] = [];
  const answers: ApiAnswer[] = [];
  const known = new Set<string>();
  let requests = 0;
  let accepted = TOKEN;
  const server = createServer(async (incoming, outgoing) => {
    requests += 1;
    const form = new URLSearchParams(await text(incoming));
    const given = answers.shift();
    const { status = 200, body = '', headers = {} } = given ?? { body: JSON.stringify(answerTo(form)) };
    const sent = incoming.headers.authorization;
    const isKnown = incoming.url === '/api/chat.postMessage' && sent === `Bearer ${accepted}`;
    const answer = given === undefined && !isKnown ? JSON.stringify({ ok: false, error: 'invalid_auth' }) : body;
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(answer);
    function answerTo(asked: URLSearchParams): object {
      const blocks: unknown = JSON.parse(asked.get('blocks') ?? '[]');
      const thread = asked.get('thread_ts');
      if (blockErrors(blocks).length > 0) return { ok: false, error: 'invalid_blocks', errors: blockErrors(blocks) };
      if (thread !== null && !known.has(thread)) return { ok: false, error: 'thread_not_found' };
      if (incoming.headers.authorization !== `Bearer ${accepted}`) return { ok: false, error: 'invalid_auth' };
      const ts = `1764230000.${String(posts.length + known.size + 1).padStart(6, '0')}`;
      known.add(ts);
      const [channel, said] = [asked.get('channel') ?? '', asked.get('text') ?? ''];
      posts.push({ ts, channel, text: said, thread, blocks: blocks as ApiPost['blocks'] });
      return { ok: true, channel, ts };
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return {
    url: new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/api/`),
    posts,
    requests: () => requests,
    answer: (...next: readonly ApiAnswer[]) => {
      answers.splice(0, answers.length, ...next);
    },
    /** From now on another token is the only one. */
    rotate: (token: string) => {
      accepted = token;
    },
    /** Forgets the posts so far and gives them. */
    take: () => {
      requests = 0;
      return posts.splice(0);
    },
    /** As where somebody deletes a message. */
    remove: (ts: string) => known.delete(ts),
  };
}
