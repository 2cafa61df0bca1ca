import { type CallRecord, strings } from '../../event.ts';
import type { ConfigName } from '../../resource.ts';
import { parseArn } from '../arn.ts';

/** An identifier as RDS keeps it, in lower case, out of an identifier or an ARN (`arn:aws:rds:eu-west-1:111122223333:db:orders`). */
export const identifierIn = (text: string): string =>
  (parseArn(text)?.resource ?? text).replace(/^.*:/, '').toLowerCase();

/** The identifiers at any of these paths. */
export const identifiersAt = (source: unknown, ...paths: readonly string[]): readonly string[] => [
  ...new Set(paths.flatMap((path) => strings(source, path)).map(identifierIn)),
];

/** What the answer of a call names at a path, else what its request names at one. */
export const namedIn = ({ request, response }: CallRecord, answered: string, asked = answered): readonly string[] => {
  const found = identifiersAt(response, answered);
  return found.length > 0 ? found : identifiersAt(request, asked);
};

/** A database's identifier out of what AWS Config says: its resource id, which begins with `prefix` (`db-`), and the identifier as the name beside it, if at all. `find` looks up which one has a resource id. */
export async function identifierOf(
  { resourceId, resourceName, arn }: ConfigName,
  prefix: string,
  find: (resourceId: string) => Promise<string | undefined>,
): Promise<string | null> {
  const known = resourceName ?? arn;
  if (known !== null) return identifierIn(known);
  if (!resourceId.toLowerCase().startsWith(prefix)) return identifierIn(resourceId);
  return (await find(resourceId)) ?? null;
}

/** The identifiers of what a call changes the tags of, where these are of a kind (`db`, `cluster`): RDS tags all kinds by the same calls. */
export const taggedOf =
  (kind: string, idIn = identifierIn) =>
  ({ request }: CallRecord): readonly string[] =>
    strings(request, 'resourceName')
      .filter((arn) => parseArn(arn)?.resource.split(':')[0] === kind)
      .map(idIn);
