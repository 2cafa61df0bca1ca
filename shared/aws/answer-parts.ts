import type { Aws, Facet, Grants, ResourceRef } from '../resource.ts';

/** What each part keeps of an answer, by its name. */
type Parts<D> = Readonly<Record<string, (found: D) => unknown>>;
type Kept<D, P extends Parts<D>> = { readonly [N in keyof P]: ReturnType<P[N]> };

interface AnswerParts<D, P extends Parts<D>> {
  readonly facets: { readonly [N in keyof P]: Facet<ReturnType<P[N]>> };
  readonly names: readonly (keyof P & string)[];
  /** All parts of one answer: a listing has them for free. */
  of(found: D): Kept<D, P>;
}

/** Facets that come with one answer, each with no more of it than its controls go by. `describe` asks for the answer. */
export function answerParts<D, const P extends Parts<D>>(
  grants: Grants,
  describe: (aws: Aws, ref: ResourceRef) => Promise<D>,
  parts: P,
): AnswerParts<D, P> {
  const facetOf = (partOf: Parts<D>[string]) => ({
    grants,
    read: async (aws: Aws, ref: ResourceRef) => partOf(await describe(aws, ref)),
  });
  const each = (made: (partOf: Parts<D>[string]) => unknown) =>
    Object.fromEntries(Object.entries(parts).map(([name, partOf]) => [name, made(partOf)]));
  return {
    facets: each(facetOf) as AnswerParts<D, P>['facets'],
    names: Object.keys(parts),
    of: (found) => each((partOf) => partOf(found)) as Kept<D, P>,
  };
}
