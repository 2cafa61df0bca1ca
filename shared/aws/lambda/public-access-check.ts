import type { RemovePermissionCommandInput } from '@aws-sdk/client-lambda';
import type { PublicAccessCheck } from '../../control.ts';
import { element, type PolicyStatement } from '../iam/policy-document.ts';
import { type PolicyText, policyText } from '../iam/policy-text.ts';
import { publicStatements } from '../iam/public-access.ts';
import { accessAnalyzerOn } from '../iam/public-access-check.ts';
import { isOfPublicUrl, openPermissions } from './permissions.ts';

interface QualifiedPolicy {
  readonly qualifier: string | null;
  readonly text: string;
}

/** The policy without what is not public by itself: the permission of an open function URL, and that of a bucket of any account. */
function aboutEverybody(text: string): PolicyText {
  const { statements, withoutStatements } = policyText(text);
  const open = publicStatements(statements);
  const others = openPermissions(statements).filter((statement) => !open.includes(statement));
  return policyText(withoutStatements([...statements.filter(isOfPublicUrl), ...others]) ?? text);
}

const isRemovedBy =
  (inputs: readonly Partial<RemovePermissionCommandInput>[], of: string | null) =>
  (statement: PolicyStatement): boolean =>
    inputs.some(({ StatementId, Qualifier = null }) => Qualifier === of && StatementId === element(statement, 'Sid'));

/** The check of the policies of a function, its versions and its aliases, from which steps remove one permission each. */
export const functionPolicies: PublicAccessCheck<{ readonly policies: readonly QualifiedPolicy[] }> = {
  ...accessAnalyzerOn('AWS::Lambda::Function'),
  policies: ({ policies }) =>
    policies
      .map(({ text }) => aboutEverybody(text))
      .filter(({ statements }) => statements.length > 0)
      .map(({ text }) => text),
  edits: ({ policies }, steps) =>
    policies.flatMap(({ qualifier, text }) => {
      const { text: before, statements, withoutStatements } = aboutEverybody(text);
      const removed = statements.filter(
        isRemovedBy(
          steps.map(({ input }) => input),
          qualifier,
        ),
      );
      if (removed.length === 0) return [];
      return [{ before, after: removed.length === statements.length ? null : withoutStatements(removed) }];
    }),
};
