import type { Scene } from '../scene.ts';
import { settingChanges } from './instance.ts';

export default {
  title: 'A database instance loses its standby',
  expects: { 'rds-instance-multi-az-enabled': 'remediated' },
  prepare: (account) => settingChanges(account, 'MultiAZ', false),
} satisfies Scene;
