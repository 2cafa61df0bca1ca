import type { Check } from '../doctor/diagnosis.ts';

/** What the checks of doctor are about, in the order in which they are shown. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'This command': ['policy', 'account', 'deployment'],
  'Events arrive and are processed': [
    'trails',
    'rules',
    'forwarding',
    'regions',
    'config items',
    'queues',
    'functions',
    'failed events',
  ],
  'People are notified': [
    'alarms',
    'notifications',
    'slack',
    'slack buttons',
    'teams',
    'pagerduty',
    'security hub',
    'test notification',
  ],
  'The ledger is safe': ['key', 'ledger', 'ledger backups'],
};

/** The checks of what the ledger knows: heartbeats that are missing, a pause, a halted finding. */
const IN_LEDGER = 'What the ledger has open';

/** The group of a check; checks come in the order of their groups. */
export const groupOf = ({ name }: Pick<Check, 'name'>): string =>
  Object.entries(GROUPS).find(([, names]) => names.includes(name))?.[0] ?? IN_LEDGER;
