import { BackupClient, CreateBackupPlanCommand, CreateBackupSelectionCommand } from '@aws-sdk/client-backup';
import { DAY_MS } from '../../shared/time.ts';
import type { SceneAccount } from '../scene.ts';

/** The tag by which the plan selects. */
export const TAG = { Key: 'backup', Value: 'daily' };

/** What policy.yml says of it. */
export const parameters = () => ({ tagKey: TAG.Key, tagValue: TAG.Value });

/** When a resource that is made now should have had its first backup. */
export const afterGrace = () => new Date(Date.now() + 3 * DAY_MS);

/** A plan that selects what has the tag; the local account backs up at once what is selected. */
export async function createPlan({ aws, name, accountId }: SceneAccount): Promise<void> {
  const client = aws(BackupClient);
  const BackupPlan = { BackupPlanName: name('daily'), Rules: [{ RuleName: 'daily', TargetBackupVaultName: 'daily' }] };
  const { BackupPlanId } = await client.send(new CreateBackupPlanCommand({ BackupPlan }));
  const condition = { ConditionType: 'STRINGEQUALS', ConditionKey: TAG.Key, ConditionValue: TAG.Value } as const;
  const BackupSelection = {
    SelectionName: 'tagged',
    IamRoleArn: `arn:aws:iam::${accountId}:role/backup`,
    ListOfTags: [condition],
  };
  await client.send(new CreateBackupSelectionCommand({ BackupPlanId, BackupSelection }));
}
