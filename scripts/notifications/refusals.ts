import type { Aws } from '../../shared/resource.ts';
import { oneAtATime } from '../sandbox/serial-proxy.ts';

/** Runs with clients that are refused one call of EC2, in AWS's wire format; every other call is the local account's. */
export async function whileRefused<T>(
  { call, code, message }: { readonly call: string; readonly code: string; readonly message: string },
  work: (aws: (region: string) => Aws) => Promise<T>,
): Promise<T> {
  const content = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`;
  const endpoint = await oneAtATime(process.env.AWS_ENDPOINT_URL ?? '', undefined, ({ service, body }) =>
    service === 'ec2' && body.includes(`Action=${call}&`) ? { status: 403, content } : null,
  );
  return work(
    (home) =>
      (client, region = home) =>
        new client({ region, endpoint } as never),
  );
}
