import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build } from 'esbuild';

/** The repository: compiled tests lie in dist/test/support/. */
export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

type Bundle = BuildResult<{ metafile: true; write: false }>;

/**
 * Bundles a program for a page as the package's users do: `rushes` by its name, nothing put in for what browsers lack.
 * Rejects when anything that it reaches imports a module of Node.
 * @param folder from where packages are looked for; the repository unless told otherwise.
 */
export function bundleForPage(program: string, folder = REPOSITORY): Promise<Bundle> {
  return build({
    stdin: { contents: program, resolveDir: folder },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    absWorkingDir: REPOSITORY,
    // The package as it is published: not the paths that the type checker takes.
    tsconfigRaw: {},
    logLevel: 'silent',
  });
}

/** The decoders of images, which a page fetches from beside its script. */
export async function decoderFiles(): Promise<Map<string, Uint8Array>> {
  const files = [
    'jpeg/codec/dec/mozjpeg_dec.wasm',
    'png/codec/pkg/squoosh_png_bg.wasm',
    'webp/codec/dec/webp_dec.wasm',
  ];
  return new Map(
    await Promise.all(
      files.map(async (file): Promise<[string, Uint8Array]> => [
        file.slice(file.lastIndexOf('/') + 1),
        await readFile(join(REPOSITORY, 'node_modules', '@jsquash', file)),
      ]),
    ),
  );
}
