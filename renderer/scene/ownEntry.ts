/**
 * The entry of a table by a key that a document gives: nothing for keys of another kind, which JavaScript would turn
 * into one, and for names that every object has, such as `constructor`.
 */
export function ownEntry<T>(table: Readonly<Record<string, T>>, key: unknown): T | undefined {
  return (typeof key === 'string' || typeof key === 'number') && Object.hasOwn(table, key) ? table[key] : undefined;
}
