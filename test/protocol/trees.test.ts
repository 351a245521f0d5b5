import { bytes32Of } from '../../protocol/ids.js';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOfHex, u32 } from '../../protocol/bytes.js';
import { sha256 } from '../../protocol/sha256.js';
import { merklePath, merklePaths, merkleRoot, verifyMerklePath } from '../../protocol/trees.js';
import {
  bytesOfWeights,
  chunkWeights,
  equalWeights,
  weightsOfBytes,
  verifyWeightsWord,
  weightsProof,
  weightsRoot,
  weightsWord,
} from '../../protocol/weights.js';
import { propertyParameters } from '../support/propertySeed.js';

function leavesOf(count: number, salt: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => sha256(u32(salt), u32(i)));
}

describe('Merkle trees', () => {
  it('a path proves its leaf at its index, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(1000), fc.nat(255), (count, pick, salt, flip) => {
        const leaves = leavesOf(count, salt);
        const index = pick % count;
        const path = merklePath(leaves, index);
        const root = merkleRoot(leaves);
        const proof = { leaf: leaves[index]!, index, count, path, root };
        assert.ok(verifyMerklePath(proof));
        const forged = leaves[index]!.slice();
        forged[flip % 32]! ^= 1 + (flip >> 3);
        assert.ok(!verifyMerklePath({ ...proof, leaf: forged }), 'a forged leaf');
        assert.ok(!verifyMerklePath({ ...proof, index: index + count }), 'an index outside');
        if (count > 1) assert.ok(!verifyMerklePath({ ...proof, index: (index + 1) % count }), 'another index');
        assert.ok(!verifyMerklePath({ ...proof, path: [...path, bytes32Of(root)] }), 'a longer path');
        if (path.length > 0) {
          assert.ok(!verifyMerklePath({ ...proof, path: path.slice(1) }), 'a shorter path');
          const sibling = bytesOfHex(path[flip % path.length]!);
          sibling[flip % 32]! ^= 1;
          assert.ok(
            !verifyMerklePath({
              ...proof,
              path: path.map((one, i) => (i === flip % path.length ? bytes32Of(sibling) : one)),
            }),
            'a forged sibling',
          );
        }
      }),
      propertyParameters(200),
    );
  });

  it('an inner node does not pass for a leaf', () => {
    const leaves = leavesOf(4, 1);
    const inner = sha256(Uint8Array.of(1), leaves[0]!, leaves[1]!);
    const path = merklePath(leaves, 0).slice(1);
    assert.ok(!verifyMerklePath({ leaf: inner, index: 0, count: 4, path, root: merkleRoot(leaves) }));
  });

  it('many paths at once equal one path at a time', () => {
    const leaves = leavesOf(37, 5);
    assert.deepEqual(
      merklePaths(leaves, [0, 36, 17]),
      [0, 36, 17].map((index) => merklePath(leaves, index)),
    );
  });

  it('the root of one leaf is the leaf, and padding is not a repeated leaf', () => {
    const leaves = leavesOf(3, 2);
    assert.deepEqual(merkleRoot(leaves.slice(0, 1)), leaves[0]);
    assert.notDeepEqual(merkleRoot(leaves), merkleRoot([...leaves, leaves[2]!]));
  });

  it('a word of weights is proved against the root of the job', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), fc.nat(), (chunks, pick) => {
        const weights = equalWeights(chunks, 3);
        const word = pick % Math.ceil(chunks / 256);
        const proof = {
          word,
          bytes: weightsWord(weights, word),
          chunks,
          path: weightsProof(weights, word),
          root: weightsRoot(weights),
        };
        assert.ok(verifyWeightsWord(proof));
        const forged = proof.bytes.slice();
        forged[1] = 9;
        assert.ok(!verifyWeightsWord({ ...proof, bytes: forged }));
        assert.ok(!verifyWeightsWord({ ...proof, word: word + 1 }));
      }),
      propertyParameters(40),
    );
  });

  it('a weights file survives a round trip, and one of another length or with a weight of nothing is refused', () => {
    const weights = chunkWeights([1, 2, 65535]);
    assert.deepEqual(weightsOfBytes(bytesOfWeights(weights), 3), weights);
    assert.throws(() => weightsOfBytes(bytesOfWeights(weights), 4), /4 chunks need 8 bytes/);
    assert.throws(() => weightsOfBytes(new Uint8Array(2), 1), /weighs nothing/);
  });
});
