import assert from 'node:assert/strict';
import { digestOfCid, rawCidOfDigest } from '../../protocol/ids.js';
import {
  decodeChunkOpening,
  encodeChunkOpening,
  encodeOpeningIndex,
  parseOpeningIndex,
} from '../../protocol/opening.js';
import { type AuditBench, type Cheat, createAuditBench, failedTests } from '../support/auditBench.js';

/** Opens with one leaf of every chunk changed by `alter`. */
const alteredOpening =
  (
    alter: (leaf: ReturnType<typeof decodeChunkOpening>['leaves'][number]) => void,
  ): NonNullable<Cheat['afterOpening']> =>
  async (store, digest) => {
    const index = parseOpeningIndex(await store.getBlock(digest));
    for (const chunk of index.chunks) {
      const opening = decodeChunkOpening(await store.getFile(chunk.cid));
      alter(opening.leaves[0]!);
      chunk.cid = await store.putFile(encodeChunkOpening(opening));
    }
    const encoded = encodeOpeningIndex(index);
    await store.putBlock(encoded.bytes);
    return encoded.digest;
  };

describe('a worker that withholds its opening', function () {
  this.timeout(120_000);
  let bench: AuditBench;
  before(async () => {
    bench = await createAuditBench();
  });
  after(() => bench.close());

  it('leaves an opening that nobody can fetch: no verdict by itself, a leaf is to be demanded on chain', async () => {
    const audited = await bench.audit({
      cheat: {
        afterOpening: async (store, digest) => {
          store.blocks.delete(rawCidOfDigest(digest));
        },
      },
    });
    assert.equal(audited.openingAbsent, true);
    assert.equal(audited.verdict, 'void');
    assert.deepEqual(failedTests(audited), ['T7']);
  });

  it('withholds one chunk of it: the same', async () => {
    const audited = await bench.audit({
      cheat: {
        afterOpening: async (store, digest) => {
          store.blocks.delete(parseOpeningIndex(await store.getBlock(digest)).chunks[0]!.cid);
        },
      },
    });
    assert.equal(audited.openingAbsent, true);
    assert.equal(audited.verdict, 'void');
  });

  it('withholds what it published: not paid', async () => {
    const audited = await bench.audit({
      cheat: {
        alterOutputs: async (outputs, { store }) => {
          store.blocks.delete(outputs.chunks[1]!.cid);
          return outputs;
        },
      },
    });
    assert.equal(audited.verdict, 'void');
    assert.deepEqual(failedTests(audited), ['T7']);
  });

  it('opens leaves it did not commit to, and is convicted', async () => {
    for (const alter of [
      (leaf: { sums: Float32Array }) => {
        leaf.sums[0] = 1e3;
      },
      (leaf: { salt: Uint8Array }) => {
        leaf.salt[0]! ^= 1;
      },
      (leaf: { sums: Float32Array }) => {
        leaf.sums[0] = Number.NaN;
      },
      (leaf: { leafIndex: number }) => {
        leaf.leafIndex += 1;
      },
    ]) {
      const audited = await bench.audit({ cheat: { afterOpening: alteredOpening(alter) } });
      assert.equal(audited.verdict, 'convict');
      assert.deepEqual(failedTests(audited), ['T7']);
      assert.equal(audited.openingAbsent, false);
    }
  });

  it('opens something that is no opening, and is convicted', async () => {
    const audited = await bench.audit({
      cheat: {
        afterOpening: async (store) => {
          const cid = await store.putBlock(new TextEncoder().encode('{"nothing":1}'));
          return digestOfCid(cid);
        },
      },
    });
    assert.equal(audited.verdict, 'convict');
  });
});
