import { BadInputError } from '../protocol/errors.js';
import type { Manifest } from '../protocol/manifest.js';
import type { FetchBounds, ObjectStore } from '../protocol/ports.js';
import { loadEnvironment } from './scene/loadEnvironment.js';
import { loadScene } from './scene/loadScene.js';
import { poseScene } from './scene/poseScene.js';
import { type PreparedScene, prepareScene } from './scene/prepare/prepareScene.js';

/** Largest file of a scene that is fetched, in bytes. */
const FILE_MAX_BYTES = 2 ** 30;
/** Prepared frames kept: one that renders, the one after it, and one that is audited or rendered again. */
const KEPT_FRAMES = 3;

/** The scene of one manifest, loaded once; its frames, each posed and prepared when first asked for. */
export interface ManifestFrames {
  /** The prepared scene of an absolute frame. Frames asked for again soon are not prepared anew. */
  prepare(frame: number): Promise<PreparedScene>;
  /** Lets go of the scene and of every frame. */
  dispose(): void;
}

/**
 * Fetches the scene and the environment a manifest names and loads them. Every party renders from what this returns, so that the manifest alone decides the pixels.
 * Throws BadSceneError for a scene that cannot be drawn and the store's errors for files that nobody provides.
 */
export async function openManifestFrames(options: { manifest: Manifest; store: Pick<ObjectStore, 'getDirectory' | 'getDirectoryFile'>; bounds?: FetchBounds }): Promise<ManifestFrames> {
  const { manifest, store, bounds = {} } = options;
  const { scene } = manifest;
  const paths = new Set((await store.getDirectory(scene.cid, bounds)).map((file) => file.path));
  const loaded = await loadScene({
    entry: scene.path,
    read: async (path) => (paths.has(path) ? store.getDirectoryFile(scene.cid, path, { ...bounds, maxBytes: FILE_MAX_BYTES }) : undefined),
    signal: bounds.signal,
  });
  const environment = manifest.environment === null ? null : loadEnvironment({
    path: manifest.environment.path,
    bytes: await store.getDirectoryFile(manifest.environment.cid, manifest.environment.path, { ...bounds, maxBytes: FILE_MAX_BYTES }),
    intensity: manifest.environment.intensity,
  });

  const kept = new Map<number, PreparedScene>();
  let previous: PreparedScene | undefined;
  return {
    async prepare(frame) {
      if (frame < manifest.frames.first || frame > manifest.frames.last) throw new BadInputError({ message: `frame ${frame} is not among the manifest's frames ${manifest.frames.first}-${manifest.frames.last}`, facts: { frame } });
      const known = kept.get(frame);
      kept.delete(frame);
      const prepared = known ?? prepareScene(poseScene({
        loaded, environment,
        manifestView: { camera: manifest.camera, clip: manifest.clip, frame, fps: manifest.frames.fps, size: manifest.size, background: manifest.background },
      }), previous);
      previous = prepared;
      kept.set(frame, prepared);
      for (const oldest of kept.keys()) if (kept.size > KEPT_FRAMES) kept.delete(oldest);
      return prepared;
    },
    dispose() {
      kept.clear();
      previous = undefined;
      loaded.dispose();
    },
  };
}
