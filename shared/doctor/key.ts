import { DescribeKeyCommand, type KeyMetadata, KMSClient } from '@aws-sdk/client-kms';
import { dayOf } from '../time.ts';
import { physicalIds } from './deployment.ts';
import { type CheckResult, deploymentCheck, fail, problemsOr } from './diagnosis.ts';
import { checkEach } from './run.ts';

const REMEDY = 'check your permissions: kms:DescribeKey';

/** Whether the KMS key works that encrypts ledger, topic and queues. */
export const key = deploymentCheck({
  name: 'key',
  remedy: REMEDY,
  async run(deployment, { engine }) {
    const keys = physicalIds(deployment, 'AWS::KMS::Key');
    const client = engine.aws(deployment.home)(KMSClient);
    const problems = await checkEach(keys, REMEDY, async (KeyId) => {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
      return problemsOf(KeyId, KeyMetadata, deployment.home);
    });
    return keys.length === 0 ? [] : problemsOr(problems, 'enabled');
  },
});

function problemsOf(id: string, found: KeyMetadata | undefined, region: string): readonly CheckResult[] {
  const { KeyState: state = 'unknown', DeletionDate: date } = found ?? {};
  if (state === 'Enabled') return [];
  const enable = `aws kms enable-key --key-id ${id} --region ${region}`;
  const cancel = `aws kms cancel-key-deletion --key-id ${id} --region ${region} && ${enable}`;
  const isPendingDeletion = state === 'PendingDeletion';
  const when = isPendingDeletion && date !== undefined ? `, to be deleted on ${dayOf(date)}` : '';
  return [
    fail(
      `${id} is ${state}${when}: ledger, topic and queues can be neither read nor written`,
      isPendingDeletion ? cancel : enable,
      id,
    ),
  ];
}
