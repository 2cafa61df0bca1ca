import { type CallRecord, strings } from '../../event.ts';
import { parseArn } from '../arn.ts';

/** An identifier as RDS keeps it, in lower case, out of an identifier or an ARN (`arn:aws:rds:eu-west-1:111122223333:db:orders`). */
export const identifierIn = (text: string): string =>
  (parseArn(text)?.resource ?? text).replace(/^.*:/, '').toLowerCase();

/** The identifiers at any of these paths. */
export const identifiersAt = (source: unknown, ...paths: readonly string[]): readonly string[] => [
  ...new Set(paths.flatMap((path) => strings(source, path)).map(identifierIn)),
];

/** The identifiers of what a call changes the tags of, where these are of a kind (`db`, `cluster`): RDS tags all kinds by the same calls. */
export const taggedOf =
  (kind: string) =>
  ({ request }: CallRecord): readonly string[] =>
    strings(request, 'resourceName')
      .filter((arn) => arn.split(':')[5] === kind)
      .map(identifierIn);
