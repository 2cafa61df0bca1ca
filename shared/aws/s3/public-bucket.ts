import type { Grant, Owner } from '@aws-sdk/client-s3';
import type { Unreadable } from '../../resource.ts';
import type { PolicyStatement } from '../iam/policy-document.ts';
import { policyText } from '../iam/policy-text.ts';
import { namesOf, publicStatements } from '../iam/public-access.ts';
import { untrustedGrantees } from '../iam/sharing.ts';
import type { ALL_BLOCKED, PublicAccessBlock } from './public-access-block.ts';

/** Block Public Access as it holds for a bucket: its own, and that of its account. */
export interface Blocks {
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly accountPublicAccessBlock: PublicAccessBlock | null;
}

/** True where the flag is on for the bucket or for its account: S3 goes by the stricter one. */
export const isBlocked = (blocks: Blocks, flag: keyof typeof ALL_BLOCKED): boolean =>
  blocks.publicAccessBlock?.[flag] === true || blocks.accountPublicAccessBlock?.[flag] === true;

/** A bucket policy, and whether S3 calls it public; null where there is none. */
export interface PolicyState {
  readonly policy: string | null;
  readonly policyStatus: { readonly isPublic: boolean | null | Unreadable };
}

/** How the policy grants access to everybody, as a sentence, with its public statements; null where it does not. S3's own status decides, where it could be read. */
export function publicPolicy({ policy, policyStatus: { isPublic } }: PolicyState) {
  if (policy === null || isPublic === false) return null;
  const { statements } = policyText(policy);
  const open = publicStatements(statements);
  if (open.length > 0)
    return { says: `The bucket policy grants access to everybody: ${namesOf(open, statements)}.`, open };
  return isPublic === true ? { says: 'S3 reports the bucket policy as public.', open } : null;
}

/** The groups of all people and of all AWS accounts. Source: S3 User Guide, "Access control list (ACL) overview". */
const EVERYBODY = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** An ACL as it is put. */
export interface Acl {
  readonly Owner: Owner;
  readonly Grants: readonly Grant[];
}

/** The grants of an ACL to everybody, or to everybody with an AWS account. */
export const publicGrants = ({ Grants }: Acl): readonly Grant[] =>
  Grants.filter(({ Grantee }) => EVERYBODY.test(Grantee?.URI ?? ''));

/** A grant in words: `READ to AllUsers`. */
export const grantName = ({ Grantee, Permission }: Grant): string =>
  `${Permission} to ${EVERYBODY.exec(Grantee?.URI ?? '')?.[1]}`;

/** Whose access the block would revoke beside that of the public: as long as the policy is public, S3 denies every other account. Null where nobody's. Source: S3 User Guide, "How Amazon S3 evaluates a bucket policy that contains both public and non-public access grants". */
export function whyNotBlock(state: PolicyState & { readonly website: unknown }, accountId: string): string | null {
  if (state.website !== null) return 'The bucket hosts a website, which the block would take down.';
  const found = publicPolicy(state);
  if (found === null || state.policy === null) return null;
  const nobody = { accounts: [], organizations: [] };
  const others = closedStatements(state.policy).flatMap((one) => untrustedGrantees(one, accountId, nobody));
  if (others.length === 0) return null;
  return `As long as the policy is public, the block would also revoke the access of ${[...new Set(others)].join(', ')}: remove the public statements instead.`;
}

/** The statements of a policy that are not public. */
function closedStatements(policy: string): readonly PolicyStatement[] {
  const { statements } = policyText(policy);
  const open = publicStatements(statements);
  return statements.filter((statement) => !open.includes(statement));
}
