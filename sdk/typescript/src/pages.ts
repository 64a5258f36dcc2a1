/** A page of a list. */
export interface Page<T> {
  items: Array<T>;
  next_cursor: string | null;
}

/**
 * Every item of a list, asking for the next page when it is needed.
 *
 *     for await (const match of all((query) => listMatches({ client, query }), { status: "scheduled" })) …
 *
 * @param list gets one page.
 * @param query the list's other parameters; they stay the same for all pages.
 */
export async function* all<T, Q extends object>(
  list: (query: Q & { cursor?: string }) => Promise<Page<T>>,
  query: Q = {} as Q,
): AsyncGenerator<T, void, undefined> {
  let next: Q & { cursor?: string } = query;
  for (;;) {
    const page = await list(next);
    yield* page.items;
    if (page.next_cursor === null) return;
    next = { ...query, cursor: page.next_cursor };
  }
}
