import { loadScene } from '../../../renderer/scene/loadScene.js';
import type { LoadedScene } from '../../../renderer/scene/LoadedScene.js';
import { type ManifestView, poseScene } from '../../../renderer/scene/poseScene.js';
import type { PosedScene } from '../../../renderer/scene/PosedScene.js';
import { folderOf, type GltfBuilder } from './GltfBuilder.js';

/** A view with plain defaults: an orbit camera on +Z, no clip, frame 0 at 24 frames per second, nothing behind. */
export function viewOf(view: Partial<ManifestView> = {}): ManifestView {
  return {
    camera: { kind: 'orbit', thetaDegrees: 0, phiDegrees: 90, radius: 5, target: [0, 0, 0], fovDegrees: 40 },
    clip: null,
    frame: 0,
    fps: 24,
    size: { width: 64, height: 48 },
    background: 'transparent',
    ...view,
  };
}

/** Loads what the builder wrote, as a .glb. */
export function loadBuilt(builder: GltfBuilder, files: Record<string, Uint8Array> = {}): Promise<LoadedScene> {
  return loadScene({ entry: 'scene.glb', read: folderOf({ 'scene.glb': builder.glb(), ...files }).read });
}

/** Loads and poses what the builder wrote. */
export async function poseBuilt(builder: GltfBuilder, view: Partial<ManifestView> = {}): Promise<PosedScene> {
  return poseScene({ loaded: await loadBuilt(builder), manifestView: viewOf(view), environment: null });
}

/**
 * Numbers rounded for exact comparison: 1e-6 is far below what a test distinguishes and far above float32 noise around
 * 1.
 */
export function rounded(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => Math.round(value * 1e6) / 1e6 + 0);
}
