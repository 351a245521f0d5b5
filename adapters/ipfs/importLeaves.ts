import type { ImporterOptions } from 'ipfs-unixfs-importer';
import * as raw from 'multiformats/codecs/raw';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { sha256 } from 'multiformats/hashes/sha2';

/**
 * The leaves of a file whose leaves are raw blocks, as the importer makes them itself, but hashed by Web Crypto: in
 * Node that is in another thread, so that the next piece arrives meanwhile.
 */
export const importRawLeaves: NonNullable<ImporterOptions['bufferImporter']> = async function* (file, blocks) {
  for await (const block of file.content)
    yield async () => {
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', block as Uint8Array<ArrayBuffer>));
      const cid = CID.createV1(raw.code, Digest.create(sha256.code, hash));
      await blocks.put(cid, block);
      return { cid, size: BigInt(block.length), block };
    };
};
