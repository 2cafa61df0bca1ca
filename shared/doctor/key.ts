import { DescribeKeyCommand, type KeyMetadata, KMSClient } from '@aws-sdk/client-kms';
import { physicalIds } from './deployment.ts';
import { ill, ofDeployment, troublesOr, type Verdict } from './diagnosis.ts';
import { inEach } from './run.ts';

const MEND = 'see your permissions: kms:DescribeKey';

/** Whether the key works that ledger, topic and queues are encrypted with. */
export const key = ofDeployment({
  what: 'key',
  mend: MEND,
  async examine(deployment, { engine }) {
    const keys = physicalIds(deployment, 'AWS::KMS::Key');
    const client = engine.aws(deployment.home)(KMSClient);
    const troubles = await inEach(keys, MEND, async (KeyId) => {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
      return troublesOf(KeyId, KeyMetadata, deployment.home);
    });
    return keys.length === 0 ? [] : troublesOr(troubles, 'enabled');
  },
});

function troublesOf(id: string, found: KeyMetadata | undefined, region: string): readonly Verdict[] {
  const { KeyState: state = 'unknown', DeletionDate: on } = found ?? {};
  if (state === 'Enabled') return [];
  const enable = `aws kms enable-key --key-id ${id} --region ${region}`;
  const cancel = `aws kms cancel-key-deletion --key-id ${id} --region ${region} && ${enable}`;
  const goes = state === 'PendingDeletion';
  const when = goes && on !== undefined ? `, and goes on ${on.toISOString().slice(0, 10)}` : '';
  return [
    ill(`${id} is ${state}${when}: ledger, topic and queues cannot be read or written`, goes ? cancel : enable, id),
  ];
}
