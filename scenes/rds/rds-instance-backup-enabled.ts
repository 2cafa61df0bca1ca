import type { Scene } from '../scene.ts';
import { settingChanges } from './instance.ts';

export default {
  title: 'The backups of a database instance are kept for a day only',
  expects: { 'rds-instance-backup-enabled': 'remediated' },
  prepare: (account) => settingChanges(account, 'BackupRetentionPeriod', 1),
} satisfies Scene;
