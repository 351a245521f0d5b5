import { BadInputError, DeadlineError, RushesError } from '../protocol/errors.js';
import type { Cid } from '../protocol/ids.js';
import type { Manifest } from '../protocol/manifest.js';
import type { FetchBounds, ObjectStore } from '../protocol/ports.js';
import { answerOf } from './answerOf.js';
import { frameViewOf } from './frameViewOf.js';
import type { FileWanted } from './PrepareMessages.js';
import type { PreparedScene } from './scene/prepare/prepareScene.js';
import { DEFAULT_SCENE_BYTES } from './scene/SceneBudget.js';
import type { ReadSceneFile, TooLargeFile } from './scene/SceneSource.js';
import { type PrepareProcess, type PrepareResult, startPrepareProcess } from './startPrepareProcess.js';

/** Prepared frames kept: one that renders, the one after it, and one that is audited or rendered again. */
const KEPT_FRAMES = 3;
/** Milliseconds after which a frame counts as one that cannot be prepared, the fetching of the scene included. */
export const PREPARE_MS = 300_000;
/** Milliseconds after which a process that nobody needs ends; the next frame loads the scene again. */
const IDLE_MS = 60_000;

/**
 * The frames of one manifest, each posed and prepared when first asked for, in a process of their own: a heavy or
 * hostile scene holds nobody up, takes no more memory than it may, and sees no key.
 */
export interface ManifestFrames {
  /**
   * The prepared scene of an absolute frame. Frames asked for again soon are not prepared anew. Rejects with code
   * `bad-scene` for a scene that cannot be drawn, `scene-memory` for one that takes more memory than it may, with
   * DeadlineError for one that takes too long, and with the store's errors for files that nobody provides.
   */
  prepare(frame: number): Promise<PreparedScene>;
  /** Lets go of the scene and of every frame, and ends the process. */
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
  sceneBytes?: number | undefined;
  /**
   * A process that has the manifest's scene and environment loaded already. It is taken over, and ended by `dispose`.
   */
  loaded?: PrepareProcess;
  /** Told the processor time of each frame that was prepared, in milliseconds. */
  onPrepared?: (cpuMs: number) => void;
}): ManifestFrames {
  const { manifest, store, bounds = {} } = options;
  const sceneBytes = options.sceneBytes ?? DEFAULT_SCENE_BYTES;
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

  let disposed = false;
  let running = options.loaded;
  let idle: NodeJS.Timeout | undefined;
  /** Buffers of the last frame that the running process sent: it names them where the next has the same. */
  let lastBuffers: Record<string, Uint8Array> = {};
  /** One frame at a time: the process has one scene and one processor. */
  let turn: Promise<unknown> = Promise.resolve();

  function letGo(): RushesError {
    return new RushesError({ code: 'job-over', message: `the frames of ${manifest.scene.path} were let go of` });
  }

  function end(reason?: unknown): void {
    clearTimeout(idle);
    running?.kill(reason);
    running = undefined;
    lastBuffers = {};
  }

  function processForScene(): PrepareProcess {
    if (disposed) throw letGo();
    clearTimeout(idle);
    if (running?.gone === true) end();
    const environment = manifest.environment;
    running ??= startPrepareProcess({ scene: { entry: manifest.scene.path, environment, sceneBytes }, read });
    return running;
  }

  async function prepareAnew(frame: number): Promise<PreparedScene> {
    const deadline = AbortSignal.timeout(PREPARE_MS);
    const signal = AbortSignal.any([deadline, ...(bounds.signal === undefined ? [] : [bounds.signal])]);
    signal.throwIfAborted();
    const stop = (): void => end(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await processForScene().ask({ kind: 'prepare', view: frameViewOf(manifest, frame) });
      return preparedOf(frame, result);
    } catch (error) {
      if (deadline.aborted)
        throw new DeadlineError({ what: `preparing frame ${frame} of ${manifest.scene.path}`, deadlineMs: PREPARE_MS });
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      if (running !== undefined) idle = setTimeout(() => end(), IDLE_MS).unref();
    }
  }

  function preparedOf(frame: number, result: PrepareResult): PreparedScene {
    const answer = answerOf(result, {
      kind: 'prepared',
      failure: `frame ${frame} of ${manifest.scene.path} could not be prepared`,
    });
    const { hash, triangleCount, byteLength, cpuMs, bytes } = answer;
    const sent = bytes.values();
    const buffers = Object.fromEntries(
      answer.buffers.map(({ name, same }) => [name, (same ? lastBuffers[name] : sent.next().value) as Uint8Array]),
    );
    lastBuffers = buffers;
    options.onPrepared?.(cpuMs);
    return { buffers, hash, triangleCount, byteLength };
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  }

  const kept = new Map<number, Promise<PreparedScene>>();
  const sizes = new Map<number, PreparedScene>();
  /** Lets the oldest frames go while there are too many, or while they take more than one scene may. */
  function evict(): void {
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_FRAMES && (kept.size === 1 || bytesOfFrames(sizes.values()) <= sceneBytes)) return;
      kept.delete(oldest);
      sizes.delete(oldest);
    }
  }

  return {
    async prepare(frame) {
      if (frame < manifest.frames.first || frame > manifest.frames.last)
        throw new BadInputError({
          message: `frame ${frame} is not among the manifest's frames ${manifest.frames.first}-${manifest.frames.last}`,
          facts: { frame },
        });
      const prepared = kept.get(frame) ?? inTurn(() => prepareAnew(frame));
      kept.delete(frame);
      kept.set(frame, prepared);
      prepared.then(
        (scene) => {
          if (kept.get(frame) !== prepared) return;
          sizes.set(frame, scene);
          evict();
        },
        () => kept.get(frame) === prepared && kept.delete(frame),
      );
      evict();
      return prepared;
    },
    async dispose() {
      kept.clear();
      sizes.clear();
      disposed = true;
      end(letGo());
    },
  };
}

/** Bytes of some frames together; what they share counts once. */
function bytesOfFrames(frames: Iterable<PreparedScene>): number {
  const buffers = new Set([...frames].flatMap((frame) => Object.values(frame.buffers)));
  return [...buffers].reduce((sum, buffer) => sum + buffer.byteLength, 0);
}

/** What the store says of a file beyond the bounds is an answer to the one who reads. */
function tooLargeOrThrow(error: unknown): TooLargeFile {
  if (error instanceof RushesError && error.code === 'file-too-large')
    return { tooLarge: true, byteLength: Number(error.facts['byteLength']) };
  throw error;
}
