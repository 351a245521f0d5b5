/**
 * Runs over all items, so many at once, begun in their order. Rejects with the first failure, after which no item is
 * begun any more; those under way then end by themselves.
 */
export async function inParallel<T>(items: Iterable<T>, most: number, run: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  let failed = false;
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (let next = left.next(); next.done !== true && !failed; next = left.next()) {
        try {
          await run(next.value);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    }),
  );
}
