import type { Scene } from '../scene.ts';
import { settingChanges } from './cluster.ts';

export default {
  title: 'A cluster loses its protection from deletion',
  expects: { 'rds-cluster-deletion-protection-enabled': 'remediated' },
  prepare: (account) => settingChanges(account, 'DeletionProtection', false),
} satisfies Scene;
