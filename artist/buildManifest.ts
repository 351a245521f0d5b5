import type { Bytes32, Cid } from '../protocol/ids.js';
import { checkManifest, type Manifest } from '../protocol/manifest.js';
import type { ArtistScene } from './ArtistScene.js';
import type { ArtistEnvironment } from './chooseEnvironment.js';
import type { View } from './resolveView.js';

/** The manifest of a job. Throws BadInputError naming the field for what exceeds its limits. */
export function buildManifest({
  view,
  scene,
  sceneCid,
  environment,
  environmentCid,
  kernelHash,
}: {
  view: View;
  scene: Pick<ArtistScene, 'entry'>;
  sceneCid: Cid;
  environment: ArtistEnvironment | null;
  environmentCid: Cid | null;
  kernelHash: Bytes32;
}): Manifest {
  return checkManifest({
    protocolVersion: 1,
    scene: { cid: sceneCid, path: scene.entry },
    environment:
      environment === null || environmentCid === null
        ? null
        : { cid: environmentCid, path: environment.path, intensity: environment.intensity },
    ...view,
    engine: 'wasm',
    kernelHash,
    channels: 'rgba',
    contentEncoding: 'identity',
  } satisfies Manifest);
}
