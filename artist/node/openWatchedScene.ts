import { DeadlineError } from '../../protocol/errors.js';
import { answerOf } from '../../renderer/answerOf.js';
import { PREPARE_MS } from '../../renderer/openManifestFrames.js';
import type { FileWanted, PrepareRequest } from '../../renderer/PrepareMessages.js';
import { DEFAULT_SCENE_BYTES, SceneBudget } from '../../renderer/scene/SceneBudget.js';
import type { ReadSceneFile } from '../../renderer/scene/SceneSource.js';
import type { SceneSummary } from '../../renderer/scene/summariseScene.js';
import { type PrepareProcess, type PrepareResult, startPrepareProcess } from '../../renderer/startPrepareProcess.js';
import { type ArtistScene, gradeScene, readOnce } from '../ArtistScene.js';
import type { ArtistEnvironment } from '../chooseEnvironment.js';
import type { openArtistScene } from '../openArtistScene.js';

/** A scene that is loaded in a process of its own, as workers load it. */
export interface WatchedScene extends ArtistScene {
  /** For `openManifestFrames`, once the environment is decoded: it need not load the scene again. */
  process: PrepareProcess;
}

/**
 * Opens and checks a scene in a process that has no key, sees no file but those that `read` gives, and is killed above
 * the scene's memory, at a deadline, by the signal and with this process. This thread stays free meanwhile. Rejects
 * with code `bad-scene` for a scene that cannot be read at all, `scene-memory` (exit code 2) for one that takes more
 * memory than it may, `preparation-failed` when the process died, and with the signal's reason.
 */
export async function openWatchedScene({
  entry,
  read: readAnew,
  sceneBytes = DEFAULT_SCENE_BYTES,
  signal,
  program,
}: Parameters<typeof openArtistScene>[0] & {
  /** The program of the process; tests give others. */
  program?: string;
}): Promise<WatchedScene> {
  signal.throwIfAborted();
  const read = readOnce(readAnew);
  const files = new Map<string, Uint8Array>();
  let environmentBytes: Uint8Array | undefined;
  async function serve({ path, of, maxBytes }: FileWanted): ReturnType<ReadSceneFile> {
    const given = of === 'environment' ? environmentBytes : await read(path, maxBytes);
    if (given === undefined || 'tooLarge' in given) return given;
    if (given.length > maxBytes) return { tooLarge: true, byteLength: given.length };
    // A Node Buffer is a Uint8Array whose slice() does not copy.
    if (of === 'scene') files.set(path, new Uint8Array(given.buffer, given.byteOffset, given.byteLength));
    return given;
  }

  const loading = startPrepareProcess({
    scene: { entry, environment: null, sceneBytes },
    read: serve,
    ...(program === undefined ? {} : { program }),
  });
  const interrupt = (): void => close(signal.reason);
  signal.addEventListener('abort', interrupt, { once: true });
  function close(reason?: unknown): void {
    signal.removeEventListener('abort', interrupt);
    loading.kill(reason);
  }

  async function ask<Kind extends PrepareResult['kind']>(
    request: PrepareRequest,
    kind: Kind,
  ): Promise<Extract<PrepareResult, { kind: Kind }>> {
    const tooLong = new DeadlineError({ what: `loading ${entry}`, deadlineMs: PREPARE_MS });
    const late = setTimeout(() => loading.kill(tooLong), PREPARE_MS);
    try {
      return answerOf(await loading.ask(request), { kind, failure: `${entry} could not be loaded` });
    } finally {
      clearTimeout(late);
    }
  }

  try {
    const { leftBytes, bytes } = await ask({ kind: 'summarise' }, 'summarised');
    const summary = JSON.parse(new TextDecoder().decode(bytes[0]!.slice())) as SceneSummary;
    const budget = new SceneBudget(sceneBytes);
    budget.hold({ file: entry, what: 'the scene', bytes: sceneBytes - leftBytes });
    return {
      entry,
      summary,
      files: [...files].map(([path, content]) => ({ path, bytes: content })),
      ...gradeScene(summary),
      read,
      budget,
      async frame(view) {
        return (await ask({ kind: 'frame', view }, 'framed')).camera;
      },
      async decodeEnvironment({ path, bytes: encoded, intensity }: ArtistEnvironment) {
        environmentBytes = encoded;
        const { width, height } = await ask({ kind: 'light', environment: { path, intensity } }, 'lit');
        return { width, height };
      },
      close,
      process: loading,
    };
  } catch (error) {
    close();
    throw error;
  }
}
