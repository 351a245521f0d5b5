import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { NotRetrievableError } from '../../protocol/errors.js';
import { type Cid, bytes32Of, digestOfCid, parseBytes32, parseCid, rawCidOfDigest } from '../../protocol/ids.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { sha256 } from '../../protocol/sha256.js';

/**
 * An ObjectStore in memory, for tests of what is read and written, not of IPFS: a file has the CID of a raw block, a
 * directory one that no block has.
 */
export interface MemoryStore extends ObjectStore {
  readonly blocks: Map<Cid, Uint8Array>;
  readonly pinned: Set<Cid>;
}

export function createMemoryStore(): MemoryStore {
  const blocks = new Map<Cid, Uint8Array>();
  const directories = new Map<Cid, { path: string; bytes: Uint8Array }[]>();
  const pinned = new Set<Cid>();
  const put = async (bytes: Uint8Array): Promise<Cid> => {
    const cid = rawCidOfDigest(bytes32Of(sha256(bytes)));
    blocks.set(cid, bytes.slice());
    return cid;
  };
  const get = async (key: string): Promise<Uint8Array> => {
    const cid = key.startsWith('0x') ? rawCidOfDigest(parseBytes32(key)) : parseCid(key);
    const bytes = blocks.get(cid);
    if (bytes === undefined) throw new NotRetrievableError({ cid, reason: 'nobody provides it' });
    return bytes.slice();
  };
  return {
    blocks,
    pinned,
    putBlock: put,
    getBlock: get,
    putFile: put,
    getFile: get,
    async putDirectory(files) {
      const digest = sha256(
        new TextEncoder().encode(
          files.map((file) => `${file.path} ${digestOfCid(rawCidOfDigest(bytes32Of(sha256(file.bytes))))}`).join('\n'),
        ),
      );
      const cid = parseCid(CID.createV1(0x70, createDigest(0x12, digest)).toString());
      directories.set(
        cid,
        files.map(({ path, bytes }) => ({ path, bytes: bytes.slice() })),
      );
      return cid;
    },
    async getDirectory(cid) {
      return (directories.get(cid) ?? []).map(({ path, bytes }) => ({ path, size: bytes.length }));
    },
    async getDirectoryFile(cid, path) {
      const file = directories.get(cid)?.find((one) => one.path === path);
      if (file === undefined) throw new NotRetrievableError({ cid, reason: `it has no file ${path}` });
      return file.bytes.slice();
    },
    async pin(cid) {
      pinned.add(cid);
    },
    async unpin(cid) {
      pinned.delete(cid);
    },
  };
}
