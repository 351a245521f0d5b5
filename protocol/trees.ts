import { bytesOfHex } from './bytes.js';
import { InvariantError } from './errors.js';
import { type Bytes32, bytes32Of } from './ids.js';
import { equalBytes, sha256 } from './sha256.js';

// Positional Merkle trees: the leaves are padded to the next power of two with 32 zero bytes; node = SHA-256(1, left,
// right); the root of a single leaf is the leaf itself. Position decides left and right, so that a path proves an
// index.

const NODE_TAG = Uint8Array.of(1);
const PADDING = new Uint8Array(32);

/** Root of the tree over 32-byte hashes, at least one. */
export function merkleRoot(hashes: readonly Uint8Array[]): Uint8Array {
  return levels(hashes).at(-1)![0] as Uint8Array;
}

/** Siblings from the leaf at `index` up to, not including, the root. */
export function merklePath(hashes: readonly Uint8Array[], index: number): Bytes32[] {
  if (!Number.isInteger(index) || index < 0 || index >= hashes.length)
    throw new InvariantError({ what: 'index of a Merkle path', expected: `0..${hashes.length - 1}`, actual: index });
  return levels(hashes)
    .slice(0, -1)
    .map((level, height) => bytes32Of(level[(index >> height) ^ 1] as Uint8Array));
}

/** Paths of several leaves with one pass over the tree. */
export function merklePaths(hashes: readonly Uint8Array[], indices: readonly number[]): Bytes32[][] {
  const tree = levels(hashes).slice(0, -1);
  return indices.map((index) => {
    if (!Number.isInteger(index) || index < 0 || index >= hashes.length)
      throw new InvariantError({ what: 'index of a Merkle path', expected: `0..${hashes.length - 1}`, actual: index });
    return tree.map((level, height) => bytes32Of(level[(index >> height) ^ 1] as Uint8Array));
  });
}

/**
 * Whether `leaf` stands at `index` of a tree of `count` leaves with this root. The path must have exactly the tree's
 * height.
 */
export function verifyMerklePath(proof: {
  leaf: Uint8Array;
  index: number;
  count: number;
  path: readonly Bytes32[];
  root: Uint8Array;
}): boolean {
  const { leaf, index, count, path, root } = proof;
  if (!Number.isInteger(index) || index < 0 || index >= count || path.length !== treeHeight(count)) return false;
  let node = leaf;
  for (const [height, sibling] of path.entries()) {
    node =
      (index >> height) & 1 ? sha256(NODE_TAG, bytesOfHex(sibling), node) : sha256(NODE_TAG, node, bytesOfHex(sibling));
  }
  return equalBytes(node, root);
}

/** Levels above the leaves in a tree of `count` leaves. */
export function treeHeight(count: number): number {
  let height = 0;
  while (2 ** height < count) height++;
  return height;
}

function levels(hashes: readonly Uint8Array[]): Uint8Array[][] {
  if (hashes.length === 0)
    throw new InvariantError({ what: 'leaves of a Merkle tree', expected: 'at least 1', actual: 0 });
  const width = 2 ** treeHeight(hashes.length);
  let level: Uint8Array[] = hashes.slice();
  while (level.length < width) level.push(PADDING);
  const tree = [level];
  while (level.length > 1) {
    const above: Uint8Array[] = new Array<Uint8Array>(level.length / 2);
    for (let i = 0; i < above.length; i++)
      above[i] = sha256(NODE_TAG, level[2 * i] as Uint8Array, level[2 * i + 1] as Uint8Array);
    tree.push(above);
    level = above;
  }
  return tree;
}
