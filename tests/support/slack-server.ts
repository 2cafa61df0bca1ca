import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';

/** How the webhook answers once; `hang`: it takes the request and never answers. */
export interface SlackAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hang?: boolean;
}

/** What was posted, and where to. */
export interface SlackRequest {
  readonly path: string;
  readonly at: number;
  readonly body: { readonly text: string; readonly blocks?: readonly Readonly<Record<string, unknown>>[] };
}

/** A webhook on this machine. */
export interface SlackServer {
  readonly url: string;
  readonly requests: SlackRequest[];
  /** The next answers; `ok` after them. */
  answer(...answers: readonly SlackAnswer[]): void;
  /** Forgets the requests so far and gives them. */
  take(): readonly SlackRequest[];
}

export const OK: SlackAnswer = { status: 200, body: 'ok' };

/** A path as Slack makes it, which nobody may see. */
export const SECRET_PATH = '/services/T0SECRET0/B0SECRET0/SecretTokenOfTheWebhook1';

/** Starts a webhook on a free port; it ends with the tests of the file. */
export async function slackServer(): Promise<SlackServer> {
  const requests: SlackRequest[] = [];
  const answers: SlackAnswer[] = [];
  const server = createServer(async (incoming, outgoing) => {
    requests.push({ path: incoming.url ?? '', at: Date.now(), body: JSON.parse(await text(incoming)) });
    const { status, body = '', headers = {}, hang } = answers.shift() ?? OK;
    if (hang !== true) outgoing.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}${SECRET_PATH}`,
    requests,
    answer: (...next) => {
      answers.splice(0, answers.length, ...next);
    },
    take: () => requests.splice(0),
  };
}

/** An address on this machine where nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}${SECRET_PATH}`;
}
