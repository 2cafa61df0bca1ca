import type { Scene } from '../scene.ts';
import { trustDrift } from './role-trust.ts';

export default {
  title: 'The trust policy of a role trusts everybody',
  expects: { 'iam-role-trust-public-access-prohibited': 'remediated' },
  prepare: (account) => trustDrift(account, '*'),
} satisfies Scene;
