import { CreateKeyCommand, GetKeyRotationStatusCommand, KMSClient } from '@aws-sdk/client-kms';
import type { Stage } from './stage.ts';

/** The key that the event tells of, as it was created: it does not rotate yet. */
export const keyCreated: Stage = async ({ aws }, { record }) => {
  const kms = aws()(KMSClient);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.KeyId ?? '';
  const state = async () => (await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled;
  return { renamed: { [record.responseElements.keyMetadata.keyId]: KeyId }, state, right: true };
};
