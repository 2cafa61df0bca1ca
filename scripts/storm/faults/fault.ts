import { type CallHead, serviceOf } from '../../sandbox/call-name.ts';

/** What can become of a call and its answer. */
export const FAULTS = [
  'throttled',
  'refused 5xx',
  'expired credentials',
  'reset before',
  'reset after',
  '5xx after',
  'no answer',
  'slow',
  'truncated',
  'cut short',
  'garbled',
  'empty',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The call is not made. */
export const BEFORE: ReadonlySet<Fault> = new Set(['throttled', 'refused 5xx', 'expired credentials', 'reset before']);

/** The call is made, and the caller does not learn of it. */
export const isLost = (fault: Fault | null): boolean => fault !== null && !BEFORE.has(fault) && fault !== 'slow';

/** An answer as it goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type ErrorKind = 'throttled' | 'refused 5xx' | 'expired credentials';

interface ErrorCode {
  readonly status: number;
  readonly code: string;
}

const COMMON: Readonly<Record<ErrorKind, ErrorCode>> = {
  throttled: { status: 400, code: 'ThrottlingException' },
  'refused 5xx': { status: 500, code: 'InternalServerError' },
  'expired credentials': { status: 400, code: 'ExpiredTokenException' },
};

/** How services name these errors, where they do not do as most. */
const CODES: Readonly<Record<string, Partial<Readonly<Record<ErrorKind, ErrorCode>>>>> = {
  ec2: {
    throttled: { status: 503, code: 'RequestLimitExceeded' },
    'refused 5xx': { status: 500, code: 'InternalError' },
    'expired credentials': { status: 400, code: 'RequestExpired' },
  },
  s3: {
    throttled: { status: 503, code: 'SlowDown' },
    'refused 5xx': { status: 503, code: 'ServiceUnavailable' },
    'expired credentials': { status: 400, code: 'ExpiredToken' },
  },
  dynamodb: { throttled: { status: 400, code: 'ProvisionedThroughputExceededException' } },
  query: {
    throttled: { status: 400, code: 'Throttling' },
    'refused 5xx': { status: 500, code: 'InternalFailure' },
    'expired credentials': { status: 403, code: 'ExpiredToken' },
  },
};

const MESSAGE = 'A fault of the storm.';

/** An error in the wire format of the service that is called. */
export function errorAnswer(kind: ErrorKind, call: CallHead, body: string): Answer {
  const service = serviceOf(call);
  if (call.headers['x-amz-target'] !== undefined) {
    const { status, code } = codeOf(kind, service);
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return { status, headers, body: JSON.stringify({ __type: code, message: MESSAGE }) };
  }
  const headers = { 'content-type': 'text/xml' };
  const isQuery = /(?:^|&)Action=/.test(body);
  const { status, code } = codeOf(kind, isQuery && service !== 'ec2' ? 'query' : service);
  const error = `<Code>${code}</Code><Message>${MESSAGE}</Message>`;
  if (service === 'ec2')
    return { status, headers, body: `<Response><Errors><Error>${error}</Error></Errors></Response>` };
  if (isQuery) return { status, headers, body: `<ErrorResponse><Error>${error}</Error></ErrorResponse>` };
  return { status, headers, body: `<Error>${error}</Error>` };
}

const codeOf = (kind: ErrorKind, service: string): ErrorCode => CODES[service]?.[kind] ?? COMMON[kind];
