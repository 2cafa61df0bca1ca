import type { Scene } from '../scene.ts';
import { settingChanges } from './instance.ts';

export default {
  title: 'A database instance takes no minor upgrades any more',
  expects: { 'rds-instance-minor-upgrade-enabled': 'remediated' },
  prepare: (account) => settingChanges(account, 'AutoMinorVersionUpgrade', false),
} satisfies Scene;
