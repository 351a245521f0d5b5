import { readFile } from 'node:fs/promises';

/**
 * Compiles the .wasm of an image decoder, which `specifier` names as an import would. A page gets
 * compileDecoder.page.ts in its place.
 */
export async function compileDecoder(specifier: string): Promise<WebAssembly.Module | undefined> {
  return await WebAssembly.compile(await readFile(new URL(import.meta.resolve(specifier))));
}
