import { createServer, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';
import { callName, isWrite } from '../../scripts/sandbox/call-name.ts';

/** One call as it went over the wire: `ec2:DescribeSecurityGroups`, `PUT /bucket?policy`. */
export interface Wire {
  readonly endpoint: string;
  readonly calls: readonly string[];
  /** Forgets the calls so far and gives them. */
  take(): readonly string[];
  /** From now on answers are changed on the way, each by the first that concerns it. */
  alter(answers: readonly Alteration[]): void;
  /** From now on calls of EC2 whose content holds this text are answered as IAM would; with a region, only those made there. */
  refuse(text: string, region?: string): void;
  /** The next calls of EC2 whose content holds this text are throttled, `calls` of them. */
  throttle(text: string, calls: number): void;
}

/** What becomes of the answers to a call: what the local account cannot show, the wire does. */
export interface Alteration {
  /** How the call's name begins: `sns:ListSubscriptions`, `GET /2015-03-31/event-source-mappings/`. */
  readonly call: string;
  /** Only where the request's content holds this text. */
  readonly holds?: string;
  /** Only in this region. */
  readonly region?: string;
  readonly status?: number;
  /** Headers of the answer, where the call is withheld. */
  readonly headers?: Readonly<Record<string, string>>;
  /** So often; without it, always. */
  readonly times?: number;
  /** The call does not reach the account. */
  readonly isWithheld?: true;
  /** The connection is reset instead of an answer. */
  readonly isReset?: true;
  /** The answer's body, of the account's own; nothing where the call is withheld. */
  change?(body: string): string;
}

const REFUSAL =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>Not you.</Message></Error></Errors></Response>';

const TOO_MANY =
  '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Slower.</Message></Error></Errors></Response>';

/** An endpoint that passes everything on to another and writes down what was called: what nobody called, nobody did. */
export async function wireTo(endpoint: string): Promise<Wire> {
  const calls: string[] = [];
  const throttled = { text: '', calls: 0 };
  let refused: { readonly text: string; readonly region: string } | undefined;
  let altered: readonly Alteration[] = [];
  const used = new Map<Alteration, number>();
  const target = new URL(endpoint);
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    calls.push(callName(incoming, body.toString()));
    if (throttled.calls > 0 && body.includes(throttled.text)) {
      throttled.calls -= 1;
      outgoing.writeHead(503, { 'content-type': 'text/xml' }).end(TOO_MANY);
      return;
    }
    const signedFor = incoming.headers.authorization ?? '';
    if (refused !== undefined && body.includes(refused.text) && signedFor.includes(`/${refused.region}`)) {
      outgoing.writeHead(403, { 'content-type': 'text/xml' }).end(REFUSAL);
      return;
    }
    const { method, url, headers } = incoming;
    const isLeft = (one: Alteration) => (used.get(one) ?? 0) < (one.times ?? Number.POSITIVE_INFINITY);
    const alteration = altered.find((one) => isLeft(one) && concerns(one, incoming, body.toString()));
    if (alteration !== undefined) used.set(alteration, (used.get(alteration) ?? 0) + 1);
    if (alteration?.isWithheld === true) {
      if (alteration.isReset === true) incoming.socket.destroy();
      else
        outgoing
          .writeHead(alteration.status ?? 500, { 'content-type': 'text/xml', ...alteration.headers })
          .end(alteration.change?.('') ?? '');
      return;
    }
    const onward = request({ host: target.hostname, port: target.port, method, path: url, headers }, async (answer) => {
      if (alteration?.isReset === true) {
        answer.resume();
        incoming.socket.destroy();
        return;
      }
      if (alteration?.change !== undefined) {
        const { 'content-length': _, ...others } = answer.headers;
        outgoing.writeHead(alteration.status ?? answer.statusCode ?? 500, others);
        outgoing.end(alteration.change((await buffer(answer)).toString()));
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  // Longer than the account says that a connection may be unused: none is closed while a call is on its way.
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    take: () => calls.splice(0),
    alter(answers) {
      altered = answers;
    },
    throttle: (text, calls) => Object.assign(throttled, { text, calls }),
    refuse(text, region = '') {
      refused = { text, region };
    },
  };
}

export { isWrite };

const concerns = ({ call, holds = '', region }: Alteration, incoming: IncomingMessage, body: string) =>
  callName(incoming, body).startsWith(call) &&
  body.includes(holds) &&
  (region === undefined || incoming.headers.authorization?.includes(`/${region}/`) === true);
