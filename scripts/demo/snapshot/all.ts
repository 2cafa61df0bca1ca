import type { Account, Snapshot } from '../scene.ts';
import { ec2Snapshot } from './ec2.ts';
import { s3Snapshot } from './s3.ts';
import { cloudtrailSnapshot, configSnapshot } from './trails.ts';

/** The whole account, as far as anything in it could be touched. */
export async function snapshotOf(account: Account): Promise<Snapshot> {
  const parts = await Promise.all(
    [ec2Snapshot, s3Snapshot, cloudtrailSnapshot, configSnapshot].map((take) => take(account)),
  );
  return Object.assign({}, ...parts);
}
