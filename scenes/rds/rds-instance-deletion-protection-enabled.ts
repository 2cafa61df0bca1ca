import type { Scene } from '../scene.ts';
import { settingChanges } from './instance.ts';

export default {
  title: 'A database instance loses its protection from deletion',
  expects: { 'rds-instance-deletion-protection-enabled': 'remediated' },
  prepare: (account) => settingChanges(account, 'DeletionProtection', false),
} satisfies Scene;
