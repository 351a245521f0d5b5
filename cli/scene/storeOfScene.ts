import { cidOfDirectory } from '../../adapters/ipfs/cidOfFiles.js';
import { buildManifest } from '../../artist/buildManifest.js';
import { readKernelHash } from '../../artist/node/readKernelHash.js';
import type { Cid } from '../../protocol/ids.js';
import type { Manifest } from '../../protocol/manifest.js';
import type { ObjectStore } from '../../protocol/ports.js';
import type { OpenedScene } from './openScene.js';

/** A job's files as a store has them, without one, and the manifest that names them: what publishing it would give. */
export interface UnpublishedJob {
  manifest: Manifest;
  store: Pick<ObjectStore, 'getDirectory' | 'getDirectoryFile'>;
}

/** Names a scene's files as IPFS would. */
export async function storeOfScene(
  { scene, environment, view }: OpenedScene,
  cacheDir: string | undefined,
): Promise<UnpublishedJob> {
  const [sceneCid, environmentCid] = await Promise.all([
    cidOfDirectory(scene.files),
    environment === null ? null : cidOfDirectory([environment]),
  ]);
  const kernelHash = await readKernelHash({ cacheDir });
  const manifest = buildManifest({ view, scene, sceneCid, environment, environmentCid, kernelHash });
  const environmentFiles = environment === null ? [] : [environment];
  const filesOf = (cid: Cid): { path: string; bytes: Uint8Array }[] =>
    cid === sceneCid ? scene.files : environmentFiles;
  return {
    manifest,
    store: {
      getDirectory: async (cid) => filesOf(cid).map(({ path, bytes }) => ({ path, size: bytes.length })),
      async getDirectoryFile(cid, path) {
        return filesOf(cid).find((file) => file.path === path)!.bytes;
      },
    },
  };
}
