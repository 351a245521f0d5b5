import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { bytesOfHex, hexOfBytes } from '../../protocol/bytes.js';
import { bytes32Of } from '../../protocol/ids.js';
import { sha256 } from '../../protocol/sha256.js';
import { hashPreparation } from '../hashPreparation.js';
import { COMPILER_VERSION } from '../compiler/compilerVersion.js';
import type { CompiledKernel } from '../compiler/compileKernel.js';
import { KernelCompileError } from '../compiler/KernelCompileError.js';
import type { KernelSource } from '../compiler/SourceText.js';
import { joinSource } from '../compiler/SourceText.js';
import type { Compilation } from './compile.thread.js';
import { EngineError } from './EngineError.js';

const encoder = new TextEncoder();
/** How often a waiting process looks whether the kernel is there. */
const LOCK_LOOK_MS = 50;
/** A compilation takes seconds; a lock this old belongs to nobody. */
const LOCK_STALE_MS = 120_000;

interface LoadOptions {
  source: KernelSource;
  cacheDir: string | undefined;
}

/**
 * The compiled kernel of a source, from the cache folder when it is there and whole, else compiled and put there. Its
 * hash covers what prepares scenes for it too (hashPreparation).
 * @param cacheDir undefined: always compile. An entry that does not match its own hash is compiled again.
 * @throws EngineError when the folder cannot be written to or the compiling thread dies.
 * @throws KernelCompileError where the source is wrong.
 */
export async function loadKernel(options: LoadOptions): Promise<CompiledKernel> {
  const compiled = await loadCompiled(options);
  return {
    ...compiled,
    kernelHash: bytes32Of(sha256(bytesOfHex(compiled.kernelHash), bytesOfHex(hashPreparation()))),
  };
}

async function loadCompiled(options: LoadOptions): Promise<CompiledKernel> {
  const { source, cacheDir } = options;
  if (cacheDir === undefined) return compileOnThread(source);
  const key = hexOfBytes(
    sha256(encoder.encode(COMPILER_VERSION), Uint8Array.of(0), encoder.encode(joinSource(source))),
  ).slice(2);
  const path = join(cacheDir, `${key}.kernel`);
  await inCache(cacheDir, () => mkdir(cacheDir, { recursive: true }));
  // Processes that start together wait for the first one's work instead of all compiling at once.
  for (;;) {
    const cached = await readFile(path).then(decodeEntry, () => undefined);
    if (cached !== undefined) return cached;
    if (await inCache(cacheDir, () => takeLock(`${path}.lock`))) break;
    await setTimeout(LOCK_LOOK_MS);
  }
  try {
    // Another process may have finished between the look and the lock.
    const cached = await readFile(path).then(decodeEntry, () => undefined);
    if (cached !== undefined) return cached;
    const compiled = await compileOnThread(source);
    await inCache(cacheDir, () => writeEntry(path, compiled));
    return compiled;
  } finally {
    await rm(`${path}.lock`, { force: true });
  }
}

/** Says which folder cannot be written to, and why. */
async function inCache<T>(cacheDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EngineError({
      what: `the compiled kernel cannot be kept in ${cacheDir}: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'Make room on that disk or choose a folder that can be written to.',
      cause,
    });
  }
}

/** Writes beside and renames, so that nobody ever reads half an entry. */
async function writeEntry(path: string, compiled: CompiledKernel): Promise<void> {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await writeFile(temporary, encodeEntry(compiled));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes the lock file with this process in it; false while another living process holds it. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const [holder, info] = await Promise.all([readFile(lock, 'utf8').catch(() => ''), stat(lock).catch(() => undefined)]);
  const isStale =
    info !== undefined && (Date.now() - info.mtimeMs > LOCK_STALE_MS || (holder !== '' && !isAlive(Number(holder))));
  if (isStale) await rm(lock, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function compileOnThread(source: KernelSource): Promise<CompiledKernel> {
  const compilation = await runCompiler(source);
  if ('fault' in compilation) throw new KernelCompileError(compilation.fault);
  return compilation.compiled;
}

async function runCompiler(source: KernelSource): Promise<Compilation> {
  const pool = new Piscina<{ source: KernelSource }, Compilation>({
    filename: fileURLToPath(new URL('./compile.thread.js', import.meta.url)),
    minThreads: 1,
    maxThreads: 1,
    // Piscina tries require() before import(). binaryen has a top-level await, which require() gives up on half-way,
    // and now and then Node then dies of an internal assertion: without require() of modules nothing is begun twice.
    execArgv: ['--no-experimental-require-module'],
  });
  try {
    return await pool.run({ source });
  } catch (cause) {
    throw new EngineError({
      what: `the thread that compiles the kernel failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'Try again; if it fails again, this machine may have too little memory.',
      cause,
    });
  } finally {
    await pool.destroy();
  }
}

/**
 * An entry: 64 hex digits of the SHA-256 of the rest, the length of the description, the description as JSON, the
 * WebAssembly.
 */
function encodeEntry({ wasm, ...description }: CompiledKernel): Uint8Array {
  const json = encoder.encode(JSON.stringify(description));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  const digest = encoder.encode(hexOfBytes(sha256(length, json, wasm)).slice(2));
  return Buffer.concat([digest, length, json, wasm]);
}

function decodeEntry(file: Uint8Array): CompiledKernel | undefined {
  if (
    file.length < 68 ||
    new TextDecoder().decode(file.subarray(0, 64)) !== hexOfBytes(sha256(file.subarray(64))).slice(2)
  )
    return undefined;
  const length = new DataView(file.buffer, file.byteOffset).getUint32(64);
  const description = JSON.parse(new TextDecoder().decode(file.subarray(68, 68 + length))) as Omit<
    CompiledKernel,
    'wasm'
  >;
  return { ...description, wasm: new Uint8Array(file.subarray(68 + length)) };
}
