import type { Scene } from '../scene.ts';
import { settingChanges } from './instance.ts';

export default {
  title: 'A database instance is made public',
  expects: { 'rds-instance-public-access-prohibited': 'remediated' },
  prepare: (account) => settingChanges(account, 'PubliclyAccessible', true),
} satisfies Scene;
