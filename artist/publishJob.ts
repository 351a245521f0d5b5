import type { Bytes32, Cid } from '../protocol/ids.js';
import { encodeManifest, type Manifest } from '../protocol/manifest.js';
import type { ObjectStore } from '../protocol/ports.js';
import type { ArtistEvent } from './ArtistEvent.js';
import { buildManifest } from './buildManifest.js';
import type { ArtistEnvironment } from './chooseEnvironment.js';
import type { ArtistScene } from './ArtistScene.js';
import { outliveOutage } from './outliveOutage.js';
import type { View } from './resolveView.js';

/**
 * Puts a scene, its environment and the manifest on IPFS, so that whoever renders or audits finds them. Safe to repeat:
 * what is there already has the same CID. Throws BadInputError naming the field for what exceeds a manifest's limits.
 */
export async function publishJob({
  store,
  scene,
  environment,
  view,
  kernelHash,
  onEvent = () => {},
  signal,
}: {
  store: ObjectStore;
  scene: Pick<ArtistScene, 'entry' | 'files'>;
  environment: ArtistEnvironment | null;
  view: View;
  /** Of the kernel that is to render; see node/readKernelHash.ts. */
  kernelHash: Bytes32;
  onEvent?: (event: ArtistEvent) => void;
  signal: AbortSignal;
}): Promise<{ manifest: Manifest; manifestCid: Cid }> {
  const put = (files: readonly { path: string; bytes: Uint8Array }[]): Promise<Cid> =>
    outliveOutage({ attempt: () => store.putDirectory(files, { signal }), onEvent, signal });
  const [sceneCid, environmentCid] = await Promise.all([
    put(scene.files),
    environment === null ? null : put([{ path: environment.path, bytes: environment.bytes }]),
  ]);
  const manifest = buildManifest({ view, scene, sceneCid, environment, environmentCid, kernelHash });
  const { bytes, cid } = encodeManifest(manifest);
  await outliveOutage({ attempt: () => store.putBlock(bytes, { signal }), onEvent, signal });
  onEvent({ kind: 'published', manifestCid: cid, sceneCid, environmentCid });
  return { manifest, manifestCid: cid };
}
