/**
 * In a page the decoders fetch their own .wasm, each from beside the script that holds it: bundlers know the form in
 * which they name it.
 */
export async function compileDecoder(_specifier: string): Promise<WebAssembly.Module | undefined> {
  return undefined;
}
