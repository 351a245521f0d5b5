import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { bytesOfHex, hexOfBytes } from '../../protocol/bytes.js';
import type { Bytes32 } from '../../protocol/ids.js';
import { sha256 } from '../../protocol/sha256.js';
import { hashPreparation } from '../hashPreparation.js';
import { COMPILER_VERSION } from './compiler/compilerVersion.js';
import type { CompiledKernel } from './compiler/compileKernel.js';

const encoder = new TextEncoder();

/**
 * The compiled kernel of a source, from the cache folder when it is there and whole, else compiled and put there. Its hash covers
 * what prepares scenes for it too (hashPreparation).
 * @param cacheDir undefined: always compile. An entry that does not match its own hash is compiled again.
 */
export async function loadKernel(options: { source: string; cacheDir: string | undefined }): Promise<CompiledKernel> {
  const compiled = await loadCompiled(options);
  return { ...compiled, kernelHash: hexOfBytes(sha256(bytesOfHex(compiled.kernelHash), bytesOfHex(hashPreparation()))) as Bytes32 };
}

async function loadCompiled(options: { source: string; cacheDir: string | undefined }): Promise<CompiledKernel> {
  const { source, cacheDir } = options;
  if (cacheDir === undefined) return compileOnThread(source);
  const key = hexOfBytes(sha256(encoder.encode(COMPILER_VERSION), Uint8Array.of(0), encoder.encode(source))).slice(2);
  const path = join(cacheDir, `${key}.kernel`);
  const cached = await readFile(path).then(decodeEntry, () => undefined);
  if (cached !== undefined) return cached;

  const compiled = await compileOnThread(source);
  await mkdir(cacheDir, { recursive: true });
  // Several processes may do this at once: each writes a file of its own and renames it, and any of them is right.
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await writeFile(temporary, encodeEntry(compiled));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return compiled;
}

async function compileOnThread(source: string): Promise<CompiledKernel> {
  const pool = new Piscina<{ source: string }, CompiledKernel>({
    filename: fileURLToPath(new URL('./compile.thread.js', import.meta.url)), minThreads: 1, maxThreads: 1,
    // Piscina tries require() before import(). binaryen has a top-level await, which require() gives up on half-way, and now and
    // then Node then dies of an internal assertion: without require() of modules nothing is begun twice.
    execArgv: ['--no-experimental-require-module'],
  });
  try {
    return await pool.run({ source });
  } finally {
    await pool.destroy();
  }
}

/** An entry: 64 hex digits of the SHA-256 of the rest, the length of the description, the description as JSON, the WebAssembly. */
function encodeEntry({ wasm, ...description }: CompiledKernel): Uint8Array {
  const json = encoder.encode(JSON.stringify(description));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  const digest = encoder.encode(hexOfBytes(sha256(length, json, wasm)).slice(2));
  return Buffer.concat([digest, length, json, wasm]);
}

function decodeEntry(file: Uint8Array): CompiledKernel | undefined {
  if (file.length < 68 || new TextDecoder().decode(file.subarray(0, 64)) !== hexOfBytes(sha256(file.subarray(64))).slice(2)) return undefined;
  const length = new DataView(file.buffer, file.byteOffset).getUint32(64);
  const description = JSON.parse(new TextDecoder().decode(file.subarray(68, 68 + length))) as Omit<CompiledKernel, 'wasm'>;
  return { ...description, wasm: new Uint8Array(file.subarray(68 + length)) };
}
