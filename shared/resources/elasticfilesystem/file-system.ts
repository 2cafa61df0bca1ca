import {
  DescribeFileSystemsCommand,
  EFSClient,
  type FileSystemDescription,
  paginateDescribeFileSystems,
} from '@aws-sdk/client-efs';
import { carried, sole } from '../../aws/answer.ts';
import { answerParts } from '../../aws/answer-parts.ts';
import { BACKUP_TIMES, protectionGrants, protectionTriggers, readProtection } from '../../aws/backup/protection.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onResources, partitionOf, type ResourceRef } from '../../resource.ts';
import elasticfilesystem from './service.ts';

/** A listing is allowed on all file systems of the account. */
const describeFileSystems = onResources(
  'arn:${AWS::Partition}:elasticfilesystem:*:${AWS::AccountId}:file-system/*',
  'elasticfilesystem:DescribeFileSystems',
);

async function describeFileSystem(aws: Aws, { resourceId }: ResourceRef): Promise<FileSystemDescription> {
  const { FileSystems } = await aws(EFSClient).send(new DescribeFileSystemsCommand({ FileSystemId: resourceId }));
  return sole('EFS', FileSystems, 'FileSystemId', resourceId);
}

const PARTS = answerParts(describeFileSystems, describeFileSystem, {
  creation: ({ LifeCycleState, CreationTime }) => ({
    LifeCycleState: LifeCycleState ?? null,
    createdAt: CreationTime?.toISOString() ?? null,
  }),
});
const EVERY_FACET = [...PARTS.names, 'protection'] as const;

/** An id, out of an id or an ARN; null where that is of an access point. */
const idIn = (text: string): string | null => /(?:^|:file-system\/)(fs-\w+)$/.exec(text)?.[1] ?? null;

const tagged = ({ request }: CallRecord) =>
  [...strings(request, 'resourceId'), ...strings(request, 'fileSystemId')].flatMap((text) => idIn(text) ?? []);

/** The tag by which EFS has its own plan select a file system makes it nobody else's. */
async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { Tags } = await describeFileSystem(aws, ref);
  return { tags: tagsByKey(carried('DescribeFileSystems', 'Tags', Tags)), service: null };
}

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:elasticfilesystem:${region}:${accountId}:file-system/${resourceId}`;

/** A file system of EFS by its id: its age, and what AWS Backup has of it. */
export const fileSystem = defineResource({
  service: elasticfilesystem,
  type: 'AWS::EFS::FileSystem',
  triggers: [
    call('elasticfilesystem.amazonaws.com', 'CreateFileSystem', {
      ids: ({ response }) => strings(response, 'fileSystemId'),
      facets: EVERY_FACET,
    }),
    call('elasticfilesystem.amazonaws.com', 'DeleteFileSystem', {
      ids: ({ request }) => strings(request, 'fileSystemId'),
      facets: EVERY_FACET,
    }),
    // Of access points too.
    call('elasticfilesystem.amazonaws.com', ['TagResource', 'UntagResource', 'CreateTags', 'DeleteTags'], {
      ids: tagged,
      find: async () => [],
      facets: EVERY_FACET,
    }),
    ...protectionTriggers(idIn),
  ],
  gone: ['FileSystemNotFound'],
  facets: {
    ...PARTS.facets,
    protection: {
      grants: protectionGrants,
      regional: true,
      read: (aws: Aws, ref: ResourceRef) => readProtection(aws, arnOf(ref)),
    },
  },
  grants: describeFileSystems,
  volatile: ['LifeCycleState', ...BACKUP_TIMES],
  ownership: { grants: describeFileSystems, read: readOwnership },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `efs/home#/file-systems/${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeFileSystems({ client: aws(EFSClient), startingToken: from }, { MaxItems: 100 }),
      ({ NextMarker }) => NextMarker,
      ({ FileSystems }) =>
        carried('DescribeFileSystems', 'FileSystems', FileSystems).flatMap((found) =>
          found.FileSystemId === undefined ? [] : [{ resourceId: found.FileSystemId, facets: PARTS.of(found) }],
        ),
    ),
});
