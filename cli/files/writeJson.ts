import { writeAtomically } from '../../renderer/image/writeAtomically.js';

/** Writes a JSON file whole or not at all, indented for people; bigints become decimal strings. */
export async function writeJson(path: string, value: unknown): Promise<string> {
  await writeAtomically({
    path,
    bytes: new TextEncoder().encode(
      `${JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 2)}\n`,
    ),
  });
  return path;
}
