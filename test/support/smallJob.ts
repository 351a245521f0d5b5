import type { Bytes32, Cid } from '../../protocol/ids.js';
import type { Manifest } from '../../protocol/manifest.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { smallSceneGltf } from './smallScene.js';

/**
 * Publishes the small scene and gives a manifest of two frames of 48 x 40 pixels in tiles of 32: eight chunks, some
 * with blocks that reach out of the frame.
 */
export async function smallManifest(options: {
  store: Pick<ObjectStore, 'putDirectory'>;
  kernelHash: Bytes32;
  change?: Partial<Manifest>;
  scene?: Uint8Array;
}): Promise<Manifest> {
  const cid: Cid = await options.store.putDirectory([{ path: 'scene.gltf', bytes: options.scene ?? smallSceneGltf() }]);
  return {
    protocolVersion: 1,
    scene: { cid, path: 'scene.gltf' },
    environment: null,
    background: '#8090b0',
    camera: { kind: 'orbit', thetaDegrees: 30, phiDegrees: 65, radius: 4, target: [0, 0.4, 0], fovDegrees: 40 },
    clip: 'spin',
    frames: { first: 0, last: 1, fps: 4 },
    size: { width: 48, height: 40 },
    samples: 8,
    batches: 4,
    bounces: 3,
    seed: 11,
    tileSize: 32,
    engine: 'wasm',
    kernelHash: options.kernelHash,
    channels: 'rgba',
    contentEncoding: 'identity',
    ...options.change,
  };
}
