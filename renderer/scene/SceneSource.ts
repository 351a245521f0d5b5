import type { GltfDocument } from './GltfDocument.js';

/**
 * Reads a file by its path below the scene's folder; undefined when there is none. The only way a scene's bytes come
 * in. Of a file with more than `maxBytes` only the size is told, and nothing is read.
 */
export type ReadSceneFile = (path: string, maxBytes: number) => Promise<Uint8Array | TooLargeFile | undefined>;

/** A file that is there and was not read. */
export interface TooLargeFile {
  byteLength: number;
  tooLarge: true;
}

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
