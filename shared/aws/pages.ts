/** A page as `list` gives it, whatever its items are. */
interface PageOf<I> {
  readonly items: readonly I[];
  readonly next: string | null;
}

/** The answers of an SDK paginator as pages of a listing. */
export async function* pagesOf<A, I>(
  answers: AsyncIterable<A>,
  nextOf: (answer: A) => string | undefined,
  itemsOf: (answer: A) => readonly I[] | Promise<readonly I[]>,
): AsyncGenerator<PageOf<I>> {
  for await (const answer of answers) yield { items: await itemsOf(answer), next: nextOf(answer) || null };
}

/** The listing of a type of which there is one: all on one page. */
export async function* onePage<I>(...items: readonly I[]): AsyncGenerator<PageOf<I>> {
  yield { items, next: null };
}
