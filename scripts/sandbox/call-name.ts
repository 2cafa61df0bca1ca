import type { IncomingMessage } from 'node:http';

/** The head of a call to AWS. */
export type CallHead = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** The service that a call is signed for: `ec2`, `s3`. Empty where it is not signed. */
export const serviceOf = ({ headers }: CallHead): string =>
  /\/([a-z0-9-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? '';

/** What a call is, by its signature and its content: `ec2:DescribeSecurityGroups`, `PUT /bucket?policy`. */
export function callName(call: CallHead, body: string): string {
  const target = call.headers['x-amz-target'];
  if (typeof target === 'string') return `${serviceOf(call)}:${target.split('.').at(-1)}`;
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  return action === undefined ? `${call.method} ${call.url}` : `${serviceOf(call)}:${action}`;
}

/** True for a call that can change something. Inspector takes the read of its state by POST, Access Analyzer a policy to check. */
export const isWrite = (name: string): boolean =>
  !/:(BatchGet|Describe|Get|List|Query)|^(GET|HEAD) |^POST (\/status\/batch\/get|\/policy\/check-no-public-access)$/.test(
    name,
  );
