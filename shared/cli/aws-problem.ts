import { messageOf } from '../engine/errors.ts';
import { absentTable } from '../ledger/absent-table.ts';
import { shellQuoted, withoutErrorNames } from '../text.ts';

/** Why no call can succeed, and what a person can do. */
export interface AwsProblem {
  readonly cause: string;
  readonly remedy: string;
  /** True where another account, table or file would not help: these credentials are of no use. */
  readonly isOfCredentials: boolean;
}

const EXPIRED = /^(ExpiredToken(Exception)?|TokenRefreshRequired|RequestExpired|ExpiredTokenFault)$/;
const UNKNOWN =
  /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure)$/;
const NOT_LOADED = /^(CredentialsProviderError|TokenProviderError)$|Could not load credentials/;
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|CERT_HAS_EXPIRED)$/;
const CLOCK = /^(RequestTimeTooSkewed|RequestInTheFuture)$/;

/** The problem behind an error of the SDK; null for one that concerns a single call. */
export function awsProblem(error: unknown): AwsProblem | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const found = problemOf(at);
    if (found !== null) return found;
  }
  return null;
}

function problemOf(error: Error): AwsProblem | null {
  const { name, message } = error;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if (EXPIRED.test(name) || (NOT_LOADED.test(name) && /expired/i.test(message)))
    return ofCredentials('the AWS credentials have expired', `sign in again (${signIn()}), then run the same command`);
  if (NOT_LOADED.test(name) || NOT_LOADED.test(message))
    return ofCredentials('there are no AWS credentials', `sign in (${signIn()}), or choose a profile with --profile`);
  if (UNKNOWN.test(name))
    return ofCredentials('AWS does not know these credentials', 'check AWS_PROFILE, or the access key and its secret');
  if (CLOCK.test(name)) return ofCredentials("this machine's clock is wrong", 'set it, then run the same command');
  const { EVENKEEL_TABLE: table } = process.env;
  if (table && name === 'ResourceNotFoundException' && message === absentTable(table))
    return {
      cause: message,
      remedy: 'check EVENKEEL_TABLE and the region',
      isOfCredentials: false,
    };
  if (UNREACHABLE.test(code) || UNREACHABLE.test(name))
    return {
      cause: `AWS does not answer (${message.replace(/\s+/g, ' ').trim() || code})`,
      remedy: 'check the network, the proxy, the region and AWS_ENDPOINT_URL',
      isOfCredentials: false,
    };
  return null;
}

const ofCredentials = (cause: string, remedy: string): AwsProblem => ({ cause, remedy, isOfCredentials: true });

function signIn(): string {
  const profile = process.env.AWS_PROFILE;
  return `aws sso login${profile ? ` --profile ${shellQuoted(profile)}` : ''}`;
}

/** An error in one line for people: one cause and one remedy where they are known, without the names that programs have for errors. */
export function inOneLine(error: unknown): string {
  const problem = awsProblem(error);
  if (problem !== null) return `${problem.cause}: ${problem.remedy}`;
  return withoutErrorNames(messageOf(error));
}
