import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';

/** An evaluation as it goes over the wire; times are seconds. */
export interface WiredEvaluation {
  readonly ComplianceResourceType: string;
  readonly ComplianceResourceId: string;
  readonly ComplianceType: string;
  readonly Annotation: string;
  readonly OrderingTimestamp: number;
}

/** One call of PutEvaluations. */
export interface PutCall {
  readonly ResultToken: string;
  readonly TestMode: boolean;
  readonly Evaluations: readonly WiredEvaluation[];
}

/** AWS Config as far as the local account has none of it: it takes evaluations down, refuses some, and passes all other calls on. */
export interface ConfigServer {
  readonly endpoint: string;
  /** Forgets the calls so far and gives them. */
  take(): readonly PutCall[];
  /** From now on the evaluations of these resources are refused, each this number of times. */
  refuse(resourceIds: readonly string[], times: number): void;
}

/** Starts it on a free port, in front of the local account; it ends with the tests of the file. */
export async function configServer(onward: string): Promise<ConfigServer> {
  const calls: PutCall[] = [];
  const refusals = new Map<string, number>();
  const target = new URL(onward);
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    const { method, url, headers } = incoming;
    if (headers['x-amz-target'] !== 'StarlingDoveService.PutEvaluations') {
      const passed = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      passed.end(body);
      return;
    }
    const call = JSON.parse(body) as PutCall;
    calls.push(call);
    const FailedEvaluations = call.Evaluations.filter(({ ComplianceResourceId: id }) => {
      const left = refusals.get(id) ?? 0;
      refusals.set(id, left - 1);
      return left > 0;
    });
    outgoing
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify({ FailedEvaluations }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    take: () => calls.splice(0),
    refuse(resourceIds, times) {
      refusals.clear();
      for (const id of resourceIds) refusals.set(id, times);
    },
  };
}
