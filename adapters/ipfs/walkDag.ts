import { exporter } from 'ipfs-unixfs-exporter';
import type { CID } from 'multiformats/cid';
import type { BlockFolder } from './BlockFolder.js';
import { StorageError } from './storageError.js';

const RAW_CODEC = 0x55;
const DAG_PB_CODEC = 0x70;

/**
 * Checks that every block below a root is here, so that a pin promises something. Throws StorageError naming the first
 * block that is missing.
 */
export async function requireWholeDag(root: CID, blocks: BlockFolder): Promise<void> {
  const seen = new Set<string>();
  const open: CID[] = [root];
  for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
    const key = cid.toString();
    if (seen.has(key)) continue;
    seen.add(key);
    if ((await blocks.sizeOf(cid)) === undefined) {
      throw new StorageError({
        code: 'block-not-found',
        message: `block ${key} was not found locally`,
        facts: { cid: key, root: root.toString() },
      });
    }
    if (cid.code === RAW_CODEC) continue;
    if (cid.code !== DAG_PB_CODEC)
      throw new StorageError({
        code: 'unsupported-codec',
        message: `cannot follow ${key}: its codec 0x${cid.code.toString(16)} is neither raw nor dag-pb`,
        facts: { cid: key },
      });
    const entry = await exporter(cid, blocks);
    if (entry.type === 'file' || entry.type === 'directory') open.push(...entry.node.Links.map((link) => link.Hash));
  }
}
