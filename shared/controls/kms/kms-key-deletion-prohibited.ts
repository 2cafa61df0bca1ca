import {
  CancelKeyDeletionCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { byHand, compliant, defineControl, nonCompliant, notApplicable, type State } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { onResources } from '../../resource.ts';
import { kmsKey } from '../../resources/kms/key.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';
import { DAY_MS } from '../../time.ts';

type Key = State<typeof kmsKey.facets, 'key'>['key'];

/** The second is a multi-Region primary key's, until the last of its replicas is gone. */
const PENDING: readonly string[] = ['PendingDeletion', 'PendingReplicaDeletion'];
/** What KMS takes as a waiting period, in days. */
const WAITING_PERIOD_DAYS = { least: 7, most: 30 };

const KEYS = 'arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*';
const DELETION = ['scheduled deletion'];

const cancelDeletion = stepBuilder(onResources(KEYS, 'kms:CancelKeyDeletion'), (KeyId: string, days: number) =>
  step(
    KMSClient,
    CancelKeyDeletionCommand,
    { KeyId },
    {
      elements: DELETION,
      // It is no longer scheduled: another actor was faster.
      satisfiedBy: ['KMSInvalidStateException'],
      undo: () => [
        step(KMSClient, ScheduleKeyDeletionCommand, { KeyId, PendingWindowInDays: days }, { elements: DELETION }),
      ],
    },
  ),
);

const enable = stepBuilder(onResources(KEYS, 'kms:EnableKey'), (KeyId: string, wasPending: boolean) => {
  const elements = ['Enabled', ...(wasPending ? DELETION : [])];
  // A deletion that is scheduled again disables the key by itself.
  const disable = () => (wasPending ? [] : [step(KMSClient, DisableKeyCommand, { KeyId }, { elements })]);
  // A key whose deletion was cancelled is compliant, and still disabled.
  return step(KMSClient, EnableKeyCommand, { KeyId }, { elements, undo: disable, unseen: true });
});

/** The days that are left until the deletion, as far as KMS takes them as a waiting period. */
function daysLeft({ DeletionDate, PendingDeletionWindowInDays }: Key, now: Date): number {
  const { least, most } = WAITING_PERIOD_DAYS;
  if (DeletionDate === null) return PendingDeletionWindowInDays ?? most;
  return Math.min(most, Math.max(least, Math.ceil((Date.parse(DeletionDate) - now.getTime()) / DAY_MS)));
}

export default defineControl({
  id: 'kms-key-deletion-prohibited',
  title: 'KMS keys must not be scheduled for deletion unintentionally',
  severity: 'CRITICAL',
  resource: kmsKey,
  needs: ['key', 'tags'],
  lastKnown: ['key'],
  securityControlIds: ['KMS.3'],
  relatedRequirements: [
    'AWS FSBP KMS.3',
    ...requirements(
      'PCI DSS v4.0',
      '3.5.1.1 3.5.1.3 3.6.1 3.6.1.2 3.6.1.3 3.6.1.4 3.7.1 3.7.2 3.7.4 3.7.6 3.7.7 4.2.1.1',
    ),
  ],
  description:
    'A customer managed key must not be scheduled for deletion, unless a tag approves it. A key that was enabled before is enabled again.',
  rationale:
    'What a deleted key has encrypted, backups included, can never be decrypted again; while the deletion is pending, everything that uses the key already fails.',
  guidance:
    'Cancel the deletion and enable the key, which is disabled afterwards. To delete a key permanently, set the approving tag before you schedule the deletion: KMS does not tag a key whose deletion is pending.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: { ...cancelDeletion.permissions, ...enable.permissions },
  undoCalls: [
    undoneBy(KMSClient, ScheduleKeyDeletionCommand, ({ resourceId: KeyId }) => ({ KeyId }), ['PendingWindowInDays'], {
      permissions: onResources(KEYS, 'kms:ScheduleKeyDeletion'),
    }),
    undoneBy(KMSClient, DisableKeyCommand, ({ resourceId: KeyId }) => ({ KeyId }), [], {
      permissions: onResources(KEYS, 'kms:DisableKey'),
    }),
  ],
  parameters: {
    approvalTag: {
      description: 'The key of the tag that approves a deletion, whatever its value. Empty: no tag does.',
      type: 'string',
      default: 'deletion-approved',
    },
    requireEnabled: {
      description:
        'Whether a disabled key is non-compliant too. It is enabled again only where Evenkeel has seen it enabled.',
      type: 'boolean',
      default: false as boolean,
    },
  },
  evaluate(state, { parameters: { approvalTag, requireEnabled } }) {
    const { KeyState, KeyManager, DeletionDate } = state.key;
    if (KeyManager === 'AWS') return notApplicable('The key is managed by an AWS service, which alone can delete it.');
    if (KeyState === 'Disabled' && requireEnabled) return nonCompliant('The key is disabled.');
    if (!PENDING.includes(KeyState)) return compliant(`The key is not scheduled for deletion: it is ${KeyState}.`);
    if (approvalTag !== '' && approvalTag in state.tags)
      return compliant(`The key is scheduled for deletion, which its tag ${approvalTag} approves of.`);
    const when = DeletionDate === null ? 'after its replicas' : `on ${DeletionDate.slice(0, 10)}`;
    return nonCompliant(`The key is scheduled for deletion ${when}; nothing can use it until then.`, DELETION);
  },
  plan({ ref, key }, { now, lastKnown }) {
    const wasEnabled = lastKnown?.key?.KeyState === 'Enabled';
    if (PENDING.includes(key.KeyState))
      return [
        cancelDeletion(ref.resourceId, daysLeft(key, now)),
        ...(wasEnabled ? [enable(ref.resourceId, true)] : []),
      ];
    return wasEnabled ? [enable(ref.resourceId, false)] : byHand('The key has not been seen enabled.');
  },
});
