import type { Scene } from '../scene.ts';
import { trustDrift } from './role-trust.ts';

export default {
  title: 'The trust policy of a role trusts an account that nobody knows',
  expects: { 'iam-role-trust-external-access-restricted': 'detected' },
  prepare: (account) =>
    trustDrift(account, [`arn:aws:iam::${account.accountId}:root`, 'arn:aws:iam::444455556666:root']),
} satisfies Scene;
