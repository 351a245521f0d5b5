import { once } from 'node:events';
import { workerData } from 'piscina';
import { RushesError } from '../protocol/errors.js';
import type { Manifest } from '../protocol/manifest.js';
import { threadCpuMs } from './cpu/threadCpuMs.js';
import type { FrameTask, PreparedFrame } from './FrameTask.js';
import { frameViewOf } from './frameViewOf.js';
import { loadEnvironment } from './scene/loadEnvironment.js';
import { loadScene } from './scene/loadScene.js';
import type { LoadedScene } from './scene/LoadedScene.js';
import type { PosedEnvironment } from './scene/PosedScene.js';
import { poseScene } from './scene/poseScene.js';
import { prepareScene, type ReusableScene } from './scene/prepare/prepareScene.js';

const manifest = workerData as Manifest;
let opened: { loaded: LoadedScene; environment: PosedEnvironment | null } | undefined;
let previous: ReusableScene | undefined;

/** Poses and prepares one frame of the manifest's scene; the first time, loads the scene through the task's port. */
export default async function prepareFrame({ frame, files }: FrameTask): Promise<PreparedFrame> {
  const beganAtMs = threadCpuMs();
  try {
    opened ??= await openScene(files);
    previous = prepareScene(
      poseScene({
        ...opened,
        manifestView: frameViewOf(manifest, frame),
      }),
      previous,
    );
    const { buffers, hash, triangleCount, byteLength } = previous;
    return { prepared: { buffers, hash, triangleCount, byteLength }, cpuMs: threadCpuMs() - beganAtMs };
  } catch (error) {
    // An error loses its class and fields between threads: what people and programs read of it goes as data.
    if (!(error instanceof RushesError)) throw error;
    const { code, message, facts, advice, exitCode } = error;
    return { refusal: { code, message, facts, exitCode, ...(advice === undefined ? {} : { advice }) } };
  } finally {
    files.close();
  }
}

async function openScene(files: FrameTask['files']): Promise<NonNullable<typeof opened>> {
  async function read(path: string, of: 'scene' | 'environment'): Promise<Uint8Array | undefined> {
    files.postMessage({ path, of });
    return ((await once(files, 'message')) as [Uint8Array | undefined])[0];
  }
  const loaded = await loadScene({ entry: manifest.scene.path, read: (path) => read(path, 'scene') });
  if (manifest.environment === null) return { loaded, environment: null };
  const { path, intensity } = manifest.environment;
  return {
    loaded,
    environment: loadEnvironment({ path, bytes: (await read(path, 'environment')) ?? new Uint8Array(0), intensity }),
  };
}
