import type { Scene } from '../scene.ts';
import { settingChanges } from './cluster.ts';

export default {
  title: 'The backups of a cluster are kept for a day only',
  expects: { 'rds-cluster-backup-enabled': 'remediated' },
  prepare: (account) => settingChanges(account, 'BackupRetentionPeriod', 1),
} satisfies Scene;
