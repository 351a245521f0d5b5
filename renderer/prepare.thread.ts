import { once } from 'node:events';
import { workerData } from 'piscina';
import { RushesError } from '../protocol/errors.js';
import { threadCpuMs } from './cpu/threadCpuMs.js';
import type { FileWanted, FrameTask, PrepareData, PreparedFrame } from './FrameTask.js';
import { frameViewOf } from './frameViewOf.js';
import { admitFile, mostBytesOfFile } from './scene/admitFile.js';
import { loadEnvironment } from './scene/loadEnvironment.js';
import { loadScene } from './scene/loadScene.js';
import type { LoadedScene } from './scene/LoadedScene.js';
import { SceneBudget } from './scene/SceneBudget.js';
import type { ReadSceneFile } from './scene/SceneSource.js';
import type { PosedEnvironment } from './scene/PosedScene.js';
import { poseScene } from './scene/poseScene.js';
import { prepareScene, type ReusableScene } from './scene/prepare/prepareScene.js';

const { manifest, sceneBytes } = workerData as PrepareData;
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
  async function read(wanted: FileWanted): ReturnType<ReadSceneFile> {
    files.postMessage(wanted);
    return ((await once(files, 'message')) as [Awaited<ReturnType<ReadSceneFile>>])[0];
  }
  const budget = new SceneBudget(sceneBytes);
  const loaded = await loadScene({
    entry: manifest.scene.path,
    read: (path, maxBytes) => read({ path, of: 'scene', maxBytes }),
    budget,
  });
  if (manifest.environment === null) return { loaded, environment: null };
  const { path, intensity } = manifest.environment;
  const given = await read({ path, of: 'environment', maxBytes: mostBytesOfFile(budget) });
  const bytes = admitFile({ file: path, given, budget }) ?? new Uint8Array(0);
  return { loaded, environment: loadEnvironment({ path, bytes, intensity, budget }) };
}
