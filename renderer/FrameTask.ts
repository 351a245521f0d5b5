import type { MessagePort } from 'node:worker_threads';
import type { RushesErrorOptions } from '../protocol/errors.js';
import type { Manifest } from '../protocol/manifest.js';
import type { PreparedScene } from './scene/prepare/prepareScene.js';

/** What a thread that prepares frames is started with. */
export interface PrepareData {
  manifest: Manifest;
  /** Memory that the scene may take, bytes. */
  sceneBytes: number;
}

/** One frame to prepare on a thread of its own. */
export interface FrameTask {
  /** Absolute frame number. */
  frame: number;
  /** Takes a FileWanted and answers with its bytes or undefined, one after the other. */
  files: MessagePort;
}

/** A file that the thread needs to open the scene. */
export interface FileWanted {
  path: string;
  of: 'scene' | 'environment';
  /** A larger file is not wanted. */
  maxBytes: number;
}

/** The frame with the processor time it took, in milliseconds, or why the scene cannot be drawn. */
export type PreparedFrame = { prepared: PreparedScene; cpuMs: number } | { refusal: RushesErrorOptions };
