import type { Manifest } from '../protocol/manifest.js';
import type { poseScene } from './scene/poseScene.js';

/** How one frame of a manifest looks at its scene: the one way from a manifest to a posed scene. */
export function frameViewOf(manifest: Manifest, frame: number): Parameters<typeof poseScene>[0]['manifestView'] {
  const { camera, clip, size, background, frames } = manifest;
  return { camera, clip, size, background, frame, fps: frames.fps };
}
