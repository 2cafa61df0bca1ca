import type { Scene } from '../scene.ts';
import { settingChanges } from './cluster.ts';

export default {
  title: 'A cluster takes no minor upgrades any more',
  expects: { 'rds-cluster-minor-upgrade-enabled': 'remediated' },
  prepare: (account) => settingChanges(account, 'AutoMinorVersionUpgrade', false),
} satisfies Scene;
