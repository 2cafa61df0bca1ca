import { ListTagsForResourceCommand, RDSClient } from '@aws-sdk/client-rds';
import { type CallRecord, strings } from '../../event.ts';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';
import { parseArn } from '../arn.ts';
import { serviceOfTags } from '../service-managed.ts';
import { tagsByKey } from '../tags.ts';
import { taggedOf } from './identifiers.ts';

/** An identifier as RDS keeps it, in lower case, out of an identifier or an ARN; automated snapshots have `rds:` before it. */
const snapshotIn = (text: string): string =>
  (parseArn(text)?.resource ?? text).replace(/^(cluster-)?snapshot:/, '').toLowerCase();

/** The snapshots that a call names: by its answer, else at the paths of its request. */
export const snapshotsNamed =
  (answered: string, ...asked: readonly string[]) =>
  ({ request, response }: CallRecord): readonly string[] => {
    const found = strings(response, answered);
    const named = found.length > 0 ? found : asked.flatMap((path) => strings(request, path));
    return [...new Set(named.map(snapshotIn))];
  };

/** The snapshots of a kind (`snapshot`, `cluster-snapshot`) whose tags a call changes. */
export const snapshotsTagged = (kind: string) => taggedOf(kind, snapshotIn);

interface Attribute {
  readonly AttributeName?: string | undefined;
  readonly AttributeValues?: readonly string[] | undefined;
}

/** Who may restore a snapshot, by its attributes. */
export const sharingOf = (attributes: readonly Attribute[]) => ({
  public: attributes.some(
    ({ AttributeName, AttributeValues = [] }) =>
      AttributeName === 'restore' && AttributeValues.some((value) => value.toLowerCase() === 'all'),
  ),
});

/** Whose a resource of RDS is, as far as its tags tell. */
export async function rdsOwnership(aws: Aws, ResourceName: string) {
  const { TagList } = await aws(RDSClient).send(new ListTagsForResourceCommand({ ResourceName }));
  const found = carried('ListTagsForResource', 'TagList', TagList);
  const tags = tagsByKey(found);
  return { tags, service: serviceOfTags(tags) };
}
