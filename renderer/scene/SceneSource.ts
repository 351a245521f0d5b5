import type { GltfDocument } from './GltfDocument.js';

/**
 * Reads a file by its path below the scene's folder; undefined when there is none. The only way a scene's bytes come
 * in.
 */
export type ReadSceneFile = (path: string) => Promise<Uint8Array | undefined>;

/** One thing about a scene that a person must know before it is rendered. */
export interface SceneProblem {
  /** What it is: a file's path or a feature's name, e.g. `KHR_materials_clearcoat`. */
  name: string;
  /** Where the scene uses it, e.g. `material "Paint"`. */
  where: string;
  /** What follows for the picture. */
  consequence: string;
}

/** A scene's files as they were read, before anything is decoded. */
export interface SceneSource {
  entry: string;
  document: GltfDocument;
  /** Every file that was read, the entry first, each once. */
  files: { path: string; bytes: Uint8Array }[];
  /** Bytes of `buffers`; undefined where the file is missing. */
  buffers: (Uint8Array | undefined)[];
  /**
   * Bytes of those `images` that have a URI, by index; undefined where the file is missing or the image lies in a
   * buffer view.
   */
  images: (Uint8Array | undefined)[];
  /** Files that the scene names and the folder lacks. */
  missing: SceneProblem[];
}
