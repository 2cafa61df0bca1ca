import {
  BackupClient,
  DescribeRegionSettingsCommand,
  type ProtectedResource,
  paginateListProtectedResources,
} from '@aws-sdk/client-backup';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';

/** The most that AWS Backup lists at once. */
const PAGE = 1000;

async function protectedResources(aws: Aws): Promise<readonly ProtectedResource[]> {
  const pages = await Array.fromAsync(
    paginateListProtectedResources({ client: aws(BackupClient) }, { MaxResults: PAGE }),
  );
  return pages.flatMap(({ Results }) => carried('ListProtectedResources', 'Results', Results));
}

/** The ARNs of what AWS Backup has backed up in the region. */
export const protectedArns = async (aws: Aws): Promise<readonly string[]> =>
  (await protectedResources(aws)).flatMap(({ ResourceArn }) => ResourceArn ?? []);

/** When AWS Backup last backed up what it has backed up in the region, ISO 8601, by ARN. */
export async function lastBackups(aws: Aws): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { ResourceArn = '', LastBackupTime } of await protectedResources(aws))
    if (LastBackupTime !== undefined) found.set(ResourceArn, LastBackupTime.toISOString());
  return found;
}

/** Whether AWS Backup is opted in for a type of resource in the region, as it names the type (`EBS`): without it no tag has one backed up. */
export async function isOptedIn(aws: Aws, type: string): Promise<boolean> {
  const answer = await aws(BackupClient).send(new DescribeRegionSettingsCommand({}));
  const preferences = carried(
    'DescribeRegionSettings',
    'ResourceTypeOptInPreference',
    answer.ResourceTypeOptInPreference,
  );
  return preferences[type] === true;
}
