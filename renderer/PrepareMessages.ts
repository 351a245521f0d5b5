import type { Manifest } from '../protocol/manifest.js';
import type { RushesErrorOptions } from '../protocol/errors.js';
import type { Bytes32 } from '../protocol/ids.js';
import type { frameScene } from './scene/frameScene.js';
import type { poseScene } from './scene/poseScene.js';

/** A file that a process that prepares a scene asks its parent for: it opens none itself. */
export interface FileWanted {
  path: string;
  of: 'scene' | 'environment';
  /** A larger file is not wanted. */
  maxBytes: number;
}

/** The scene that a process works on for all its life. */
export interface SceneToOpen {
  /** Path of the scene's file in its folder. */
  entry: string;
  environment: Pick<NonNullable<Manifest['environment']>, 'path' | 'intensity'> | null;
  /** Memory that the scene may take with its environment, bytes. */
  sceneBytes: number;
}

/**
 * What the parent says. It asks one thing at a time; while the process works it answers each `read` with a `file`,
 * whose bytes follow.
 */
export type PrepareRequest =
  | { kind: 'open'; scene: SceneToOpen }
  /** Asks what the scene holds. */
  | { kind: 'summarise' }
  /** Asks for an orbit camera that sees all of it. */
  | { kind: 'frame'; view: Omit<Parameters<typeof frameScene>[0], 'loaded'> }
  /** Names the environment that frames are lit by from now on, and asks for its size. */
  | { kind: 'light'; environment: NonNullable<SceneToOpen['environment']> }
  | { kind: 'prepare'; view: Parameters<typeof poseScene>[0]['manifestView'] }
  | { kind: 'file'; found: 'bytes' | 'absent' }
  | { kind: 'file'; found: 'tooLarge'; byteLength: number };

/**
 * What the process says; the bytes of `prepared` follow, those of its buffers that are not `same` one after another.
 */
export type PrepareAnswer =
  | { kind: 'ready' }
  | { kind: 'read'; file: FileWanted }
  | {
      kind: 'prepared';
      hash: Bytes32;
      triangleCount: number;
      byteLength: number;
      /** Processor time, milliseconds. */
      cpuMs: number;
      /** `same`: as in the frame before, and not sent again. */
      buffers: { name: string; same: boolean }[];
    }
  /** What the scene holds, as JSON in the bytes that follow. */
  | {
      kind: 'summarised';
      /** What the scene leaves of its memory, for its environment. */
      leftBytes: number;
    }
  | { kind: 'framed'; camera: ReturnType<typeof frameScene> }
  /** Pixels. */
  | { kind: 'lit'; width: number; height: number }
  /** Why the scene cannot be drawn. */
  | { kind: 'refused'; refusal: RushesErrorOptions }
  /** Something that is not the scene's fault, or not known to be. */
  | { kind: 'failed'; reason: string; outOfMemory: boolean };
