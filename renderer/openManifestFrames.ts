import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { BadInputError, DeadlineError, RushesError } from '../protocol/errors.js';
import type { Cid } from '../protocol/ids.js';
import type { Manifest } from '../protocol/manifest.js';
import type { FetchBounds, ObjectStore } from '../protocol/ports.js';
import type { FileWanted, FrameTask, PrepareData, PreparedFrame } from './FrameTask.js';
import type { PreparedScene } from './scene/prepare/prepareScene.js';
import { DEFAULT_SCENE_BYTES } from './scene/SceneBudget.js';
import type { ReadSceneFile, TooLargeFile } from './scene/SceneSource.js';

/** Prepared frames kept: one that renders, the one after it, and one that is audited or rendered again. */
const KEPT_FRAMES = 3;
/** Milliseconds after which a frame counts as one that cannot be prepared, the fetching of the scene included. */
const PREPARE_MS = 300_000;
/** Milliseconds after which a thread that nobody needs ends; the next frame loads the scene again. */
const IDLE_MS = 60_000;

/**
 * The frames of one manifest, each posed and prepared when first asked for, on a thread of their own: a heavy or
 * hostile scene holds nobody up.
 */
export interface ManifestFrames {
  /**
   * The prepared scene of an absolute frame. Frames asked for again soon are not prepared anew. Rejects with code
   * `bad-scene` for a scene that cannot be drawn, with DeadlineError for one that takes too long, and with the store's
   * errors for files that nobody provides.
   */
  prepare(frame: number): Promise<PreparedScene>;
  /** Lets go of the scene and of every frame, and ends the thread. */
  dispose(): Promise<void>;
}

/**
 * Opens the frames of a manifest. The scene and the environment it names are fetched for the first frame. Every party
 * renders from what this returns, so that the manifest alone decides the pixels.
 */
export function openManifestFrames(options: {
  manifest: Manifest;
  store: Pick<ObjectStore, 'getDirectory' | 'getDirectoryFile'>;
  bounds?: FetchBounds;
  /** Memory that the scene may take, bytes; default DEFAULT_SCENE_BYTES. */
  sceneBytes?: number;
  /** Told the processor time of each frame that was prepared, in milliseconds. */
  onPrepared?: (cpuMs: number) => void;
}): ManifestFrames {
  const { manifest, store, bounds = {} } = options;
  const pool = new Piscina<FrameTask, PreparedFrame>({
    filename: fileURLToPath(new URL('./prepare.thread.js', import.meta.url)),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    workerData: { manifest, sceneBytes: options.sceneBytes ?? DEFAULT_SCENE_BYTES } satisfies PrepareData,
    atomics: 'disabled',
  });
  // A failing thread also rejects the frame it worked on; without a listener the process would end.
  pool.on('error', () => undefined);

  let scenePaths: Promise<Set<string>> | undefined;
  async function read({ path, of, maxBytes }: FileWanted): ReturnType<ReadSceneFile> {
    const get = (cid: Cid): ReturnType<ReadSceneFile> =>
      store.getDirectoryFile(cid, path, { ...bounds, maxBytes }).catch(tooLargeOrThrow);
    if (of === 'environment') return manifest.environment === null ? undefined : get(manifest.environment.cid);
    const { cid } = manifest.scene;
    scenePaths ??= store.getDirectory(cid, bounds).then((listed) => new Set(listed.map((file) => file.path)));
    scenePaths.catch(() => {
      scenePaths = undefined;
    });
    return (await scenePaths).has(path) ? get(cid) : undefined;
  }

  async function prepareAnew(frame: number): Promise<PreparedScene> {
    const { port1: near, port2: far } = new MessageChannel();
    const deadline = AbortSignal.timeout(PREPARE_MS);
    const failure = new AbortController();
    serveFiles(near, read, (error) => failure.abort(error));
    const signal = AbortSignal.any([deadline, failure.signal, ...(bounds.signal === undefined ? [] : [bounds.signal])]);
    try {
      const answer = await pool.run({ frame, files: far }, { signal, transferList: [far] });
      if ('refusal' in answer) throw new RushesError(answer.refusal);
      options.onPrepared?.(answer.cpuMs);
      return answer.prepared;
    } catch (error) {
      if (failure.signal.aborted) throw failure.signal.reason;
      if (deadline.aborted)
        throw new DeadlineError({ what: `preparing frame ${frame} of ${manifest.scene.path}`, deadlineMs: PREPARE_MS });
      bounds.signal?.throwIfAborted();
      if (error instanceof RushesError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new RushesError({
        code: 'preparation-failed',
        message: `frame ${frame} of ${manifest.scene.path} could not be prepared: ${reason}`,
        facts: { frame, reason },
        advice: 'The scene may need more memory than this machine has.',
        cause: error,
      });
    } finally {
      near.close();
    }
  }

  const kept = new Map<number, Promise<PreparedScene>>();
  return {
    async prepare(frame) {
      if (frame < manifest.frames.first || frame > manifest.frames.last)
        throw new BadInputError({
          message: `frame ${frame} is not among the manifest's frames ${manifest.frames.first}-${manifest.frames.last}`,
          facts: { frame },
        });
      const prepared = kept.get(frame) ?? prepareAnew(frame);
      kept.delete(frame);
      kept.set(frame, prepared);
      prepared.catch(() => kept.get(frame) === prepared && kept.delete(frame));
      for (const oldest of kept.keys()) if (kept.size > KEPT_FRAMES) kept.delete(oldest);
      return prepared;
    },
    async dispose() {
      kept.clear();
      await pool.destroy();
    },
  };
}

/** What the store says of a file beyond the bounds is an answer to the one who reads. */
function tooLargeOrThrow(error: unknown): TooLargeFile {
  if (error instanceof RushesError && error.code === 'file-too-large')
    return { tooLarge: true, byteLength: Number(error.facts['byteLength']) };
  throw error;
}

function serveFiles(
  port: MessagePort,
  read: (wanted: FileWanted) => ReturnType<ReadSceneFile>,
  fail: (error: unknown) => void,
): void {
  port.on('message', (wanted: FileWanted) => {
    read(wanted).then((bytes) => port.postMessage(bytes), fail);
  });
}
