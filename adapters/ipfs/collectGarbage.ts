import { setImmediate as breathe } from 'node:timers/promises';
import { CID } from 'multiformats/cid';
import { RAW_CODEC } from '../../protocol/ids.js';
import type { BlockFolder } from './BlockFolder.js';
import type { Collection } from './BlockHolds.js';
import { DigestSet } from './DigestSet.js';
import type { PinJournal } from './PinJournal.js';
import { linksOf } from './walkDag.js';

/** Pins of single blocks are marked without waiting for anything: others get a turn after so many. */
const PINS_AT_ONCE = 4096;

/**
 * Removes every block that no pin reaches, that nobody is adding or pinning, and that was added more than
 * `keptUnpinnedMs` ago: marks what pins reach, then goes through the folder; gives what went. Requests go on meanwhile,
 * see BlockHolds. Blocks go one by one and nothing depends on their order, so that it may end anywhere, by kill -9
 * too, and the next one removes the rest. Where something below a pin cannot be read nothing is removed at all, since
 * what lies below that is not known: throws StorageError then, naming the block.
 */
export async function* collectGarbage({
  blocks,
  pins,
  keptUnpinnedMs,
}: {
  blocks: BlockFolder;
  pins: PinJournal;
  keptUnpinnedMs: number;
}): AsyncGenerator<CID> {
  const collection = await blocks.holds.beginCollection();
  try {
    await markPinned({ blocks, pins, collection });
    for await (const { cid, path } of blocks.named()) {
      if (collection.isMarked(cid.multihash.digest)) continue;
      if (!(await blocks.isOlderThan(path, keptUnpinnedMs))) continue;
      // It may be marked by now: that is looked at again.
      if (await collection.removeUnmarked(cid.multihash.digest, () => blocks.removeFile(path))) yield cid;
    }
  } finally {
    collection.end();
  }
}

async function markPinned(of: { blocks: BlockFolder; pins: PinJournal; collection: Collection }): Promise<void> {
  const { blocks, pins, collection } = of;
  // A node that somebody holds is marked without what lies below it: what was walked is another set.
  const walked = new DigestSet();
  for (const [index, pin] of pins.standing().entries()) {
    if (index % PINS_AT_ONCE === 0) await breathe();
    const root = CID.parse(pin);
    const open: CID[] = [root];
    for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
      const { digest } = cid.multihash;
      collection.mark(digest);
      if (cid.code !== RAW_CODEC && walked.add(digest)) open.push(...(await linksOf(cid, blocks, root)));
    }
  }
}
