import { partitionOf } from '../../resource.ts';

/** What the ARN of a trail says: its home region, the account that owns it, and its plain name. */
export interface TrailArn {
  readonly region: string;
  readonly accountId: string;
  readonly name: string;
}

/** Every trail of the account, in CloudFormation's terms: what a write may touch. */
export const OWN_TRAILS = 'arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*';

const TRAIL_ARN = /^arn:[^:]+:cloudtrail:([^:]+):([^:]+):trail\/(.+)$/;

/** Reads a trail's ARN; null where the text is none (a plain name, the ARN of an event data store). */
export function parseTrailArn(text: string): TrailArn | null {
  const [, region, accountId, name] = TRAIL_ARN.exec(text) ?? [];
  return region === undefined || accountId === undefined || name === undefined ? null : { region, accountId, name };
}

/** The ARN of the trail of that name with that home region. */
export const trailArn = ({ region, accountId, name }: TrailArn): string =>
  `arn:${partitionOf(region)}:cloudtrail:${region}:${accountId}:trail/${name}`;

/** The plain name of a trail of the account; null for one that another account shares with it. */
export function ownTrailName(arn: string, accountId: string): string | null {
  const parsed = parseTrailArn(arn);
  return parsed?.accountId === accountId ? parsed.name : null;
}

/** What the API is to be given: the plain name of a trail of ours, the ARN of any other. */
export const trailNameFor = (arn: string, accountId: string): string => ownTrailName(arn, accountId) ?? arn;
