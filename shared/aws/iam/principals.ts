import { field } from '../../event.ts';
import { isAccountId } from '../account-id.ts';
import { accountIn } from './conditions.ts';
import {
  type Condition,
  conditionsOf,
  element,
  isEveryone,
  type PolicyStatement,
  stringsOf,
} from './policy-document.ts';

/** The principals of one type (`AWS`, `Service`, `Federated`, `CanonicalUser`) that a `Principal` or `NotPrincipal` names. */
export const principalsOf = (principal: unknown, type: string): readonly string[] => stringsOf(field(principal, type));

/** True for `*`, and for ARNs whose account is a wildcard (`arn:aws:iam::*:root`). */
export const isAnybody = (principal: string): boolean =>
  /^\*+$/.test(principal) || /^arn:[^:]*:[^:]*:[^:]*:[^:]*[*?]/.test(principal);

/** True where a principal is everybody, whether signed in or not: also in a list, as a canonical user, or as the roots of all accounts. */
export const includesEverybody = (principal: unknown): boolean =>
  isEveryone(principal) ||
  [
    ...stringsOf(principal),
    ...principalsOf(principal, 'AWS'),
    ...principalsOf(principal, 'CanonicalUser'),
    ...principalsOf(principal, 'Federated'),
  ].some(isAnybody);

/** True where a grant is for everybody, or for everybody but those that it leaves out. */
export const isForEverybody = (statement: PolicyStatement): boolean =>
  element(statement, 'NotPrincipal') !== undefined || includesEverybody(element(statement, 'Principal'));

/** Identity providers that everybody can sign in to, and the claims of their tokens that say who it is. Sources: IAM User Guide, "Available keys for AWS OIDC federation", "Identity-provider controls for shared OIDC providers". */
const SHARED_PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  'token.actions.githubusercontent.com': [
    'sub',
    'repository',
    'repository_id',
    'repository_owner',
    'repository_owner_id',
    'job_workflow_ref',
  ],
  'gitlab.com': ['sub'],
  'app.terraform.io': ['sub'],
  'oidc.vercel.com': ['sub', 'aud'],
  'cognito-identity.amazonaws.com': ['aud', 'sub'],
  'accounts.google.com': ['aud', 'sub', 'azp', 'oaud'],
  'graph.facebook.com': ['app_id', 'id'],
  'www.amazon.com': ['app_id', 'user_id'],
};

const OPERATORS = /^(foranyvalue:)?(stringequals|stringequalsignorecase|stringlike)$/i;

/** Fixed, or fixed up to an owner that is named whole: `repo:example/*`, `organization:example:*`. */
const namesOwner = (claim: string) =>
  claim !== '' && !claim.includes('${') && (!/[*?]/.test(claim) || /^[^:*?]+:[^:/*?]+[:/]/.test(claim));

const namesSubject =
  (provider: string, claims: readonly string[]) =>
  ([operator, key, values]: Condition): boolean =>
    OPERATORS.test(operator) &&
    claims.some((claim) => key === `${provider}:${claim}`) &&
    values.length > 0 &&
    values.every(namesOwner);

/** The identity providers open to everybody whose users get in whoever they are: no condition says which. */
export const openProviders = (statement: PolicyStatement): readonly string[] => {
  const conditions = conditionsOf(element(statement, 'Condition'));
  return principalsOf(element(statement, 'Principal'), 'Federated')
    .map((provider) => provider.replace(/^arn:.*:oidc-provider\//, '').toLowerCase())
    .filter((provider) => {
      const claims = SHARED_PROVIDERS[provider];
      return claims !== undefined && !conditions.some(namesSubject(provider, claims));
    });
};

/** The account that an `AWS` principal belongs to; null for `*`, deleted principals and AWS's own. */
export const accountOf = (principal: string): string | null =>
  isAccountId(principal) ? principal : accountIn(principal);

/** What AWS shows instead of the ARN once a role or user is deleted: its unique id (`AROA…`, `AIDA…`). Everything else is `*`, an account or an ARN. No service takes a policy with one. */
export const deletedPrincipals = (statement: PolicyStatement): readonly string[] =>
  [element(statement, 'Principal'), element(statement, 'NotPrincipal')]
    .flatMap((principal) => principalsOf(principal, 'AWS'))
    .filter((principal) => !/^(\*$|\d{12}$|arn:)/.test(principal));
