import { exporter } from 'ipfs-unixfs-exporter';
import type { CID } from 'multiformats/cid';
import { RAW_CODEC } from '../../protocol/ids.js';
import type { BlockFolder } from './BlockFolder.js';
import type { Hold } from './BlockHolds.js';
import { StorageError } from './storageError.js';

const DAG_PB_CODEC = 0x70;

/**
 * Checks that every block below a root is here, so that a pin promises something, and holds them all. Throws
 * StorageError naming the first block that is missing.
 */
export async function requireWholeDag(root: CID, blocks: BlockFolder, hold: Hold): Promise<void> {
  const seen = new Set<string>();
  const open: CID[] = [root];
  for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
    const key = cid.toString();
    if (seen.has(key)) continue;
    seen.add(key);
    await hold.take(cid);
    if ((await blocks.sizeOf(cid)) === undefined) throw missing(cid, root);
    open.push(...(await linksOf(cid, blocks, root)));
  }
}

/** What a block links to. Throws StorageError where the block is missing or of a codec that is not followed. */
export async function linksOf(cid: CID, blocks: BlockFolder, root: CID): Promise<CID[]> {
  if (cid.code === RAW_CODEC) return [];
  if (cid.code !== DAG_PB_CODEC)
    throw new StorageError({
      code: 'unsupported-codec',
      message: `cannot follow ${cid.toString()}: its codec 0x${cid.code.toString(16)} is neither raw nor dag-pb`,
      facts: { cid: cid.toString() },
    });
  if ((await blocks.sizeOf(cid)) === undefined) throw missing(cid, root);
  const entry = await exporter(cid, blocks);
  return entry.type === 'file' || entry.type === 'directory' ? entry.node.Links.map((link) => link.Hash) : [];
}

function missing(cid: CID, root: CID): StorageError {
  return new StorageError({
    code: 'block-not-found',
    message: `block ${cid.toString()} was not found locally`,
    facts: { cid: cid.toString(), root: root.toString() },
  });
}
