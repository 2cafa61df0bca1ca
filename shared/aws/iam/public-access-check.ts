import type { AccessCheckResourceType } from '@aws-sdk/client-accessanalyzer';
import type { PublicAccessCheck } from '../../control.ts';
import { onEverything } from '../../resource.ts';

/** IAM Access Analyzer's opinion on policies of a kind of resource, which it gives by their text alone. Its client is loaded where it is asked. */
export const accessAnalyzerOn = (
  resourceType: AccessCheckResourceType,
): Pick<PublicAccessCheck<never>, 'grants' | 'ask'> => ({
  grants: onEverything('access-analyzer:CheckNoPublicAccess'),
  async ask(aws, policy) {
    const { checkNoPublicAccess } = await import('../accessanalyzer/check-no-public-access.ts');
    return checkNoPublicAccess(aws, resourceType, policy);
  },
});

/** The check of a resource with one policy, which a step puts whole. `facet` names it in the state; `put` gives it out of a step's input: an empty text where the step removes it, undefined where the step does something else. */
export const onePolicy = <N extends string, I extends object>(
  resourceType: AccessCheckResourceType,
  facet: N,
  put: (input: I) => string | undefined,
): PublicAccessCheck<Readonly<Record<N, string | null>>> => ({
  ...accessAnalyzerOn(resourceType),
  policies: ({ [facet]: policy }) => (policy === null ? [] : [policy]),
  edits({ [facet]: before }, steps) {
    const after = steps.map(({ input }) => put(input as I)).findLast((text) => text !== undefined);
    return before === null || after === undefined ? [] : [{ before, after: after === '' ? null : after }];
  },
});
