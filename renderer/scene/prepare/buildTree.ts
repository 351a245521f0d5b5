import { BufferAttribute, BufferGeometry } from 'three';
import { MeshBVH, SAH } from 'three-mesh-bvh';
import { RushesError } from '../../../protocol/errors.js';
import {
  BLOCK4,
  BLOCK4_WORDS,
  CHILD_IS_BLOCK,
  NODE4,
  NODE4_WORDS,
  STACK_SIZE,
} from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';
import { sharedBytes } from './sharedBytes.js';

/** A four-wide bounding volume hierarchy over triangles in blocks of four. */
export interface Tree {
  /** `Node4` records; the root is the first. */
  nodes: Uint8Array;
  /** `Block4` records without identities: corners and edges. */
  blocks: Uint8Array;
  blockCount: number;
  /** Triangle of each lane of each block, in the scene's numbering; -1 in empty lanes. 4 per block. */
  lanes: Int32Array;
}

/** Triangles in a block. */
const LANES = 4;
/** Bounds of an empty slot: no ray reaches them. */
const NOWHERE = 1e30;

/** Bounds: low x, y, z, high x, y, z. */
type Bounds = [number, number, number, number, number, number];

type Branch = { kind: 'branch'; area: number; left: Binary; right: Binary };
type Leaf = { kind: 'leaf'; area: number; first: number; count: number };
type Binary = Branch | Leaf;

/**
 * Builds the tree of a triangle soup. The same positions give the same bytes on every machine: three-mesh-bvh splits by
 * the surface area heuristic in float64, and this collapses its binary tree.
 * @param positions 9 floats per triangle.
 */
export function buildTree(positions: Float32Array): Tree {
  const triangleCount = positions.length / 9;
  const order = new Uint32Array(triangleCount);
  const root = triangleCount === 0 ? undefined : binaryTree(positions, order);
  const nodes: { bounds: Bounds[]; children: number[] }[] = [];
  const blocks: number[][] = [];
  let deepest = 0;

  // Collapse the binary tree: open the largest branch until a node has four children.
  const emit = (binary: Binary, pushed: number): { child: number; bounds: Bounds } => {
    const children = binary.kind === 'branch' ? [binary.left, binary.right] : splitLeaf(binary);
    if (children.length === 0 && binary.kind === 'leaf') {
      blocks.push([...order.subarray(binary.first, binary.first + binary.count)]);
      return {
        child: (CHILD_IS_BLOCK | (blocks.length - 1)) >>> 0,
        bounds: boundsOfBlock(positions, blocks[blocks.length - 1]!),
      };
    }
    while (children.length < LANES) {
      let widest = -1;
      let area = -1;
      children.forEach((child, index) => {
        if (child.kind === 'branch' && child.area > area) [widest, area] = [index, child.area];
      });
      const opened = children[widest];
      if (opened?.kind !== 'branch') break;
      children.splice(widest, 1, opened.left, opened.right);
    }
    const index = nodes.length;
    const node = { bounds: [] as Bounds[], children: [] as number[] };
    nodes.push(node);
    deepest = Math.max(deepest, pushed + LANES);
    for (const child of children) {
      const emitted = emit(child, pushed + children.length - 1);
      node.children.push(emitted.child);
      node.bounds.push(emitted.bounds);
    }
    return { child: index, bounds: unionOf(node.bounds) };
  };

  if (root !== undefined) {
    const emitted = emit(root, 0);
    // A scene of one block still gets a node above it, because traversal starts at a node.
    if (emitted.child >= CHILD_IS_BLOCK) nodes.push({ bounds: [emitted.bounds], children: [emitted.child] });
  } else {
    nodes.push({ bounds: [], children: [] });
  }
  if (deepest > STACK_SIZE) {
    throw new RushesError({
      code: 'tree-too-deep',
      message: `The scene's triangles nest ${deepest} levels deep, more than the ${STACK_SIZE} the kernel can follow.`,
      facts: { deepest, limit: STACK_SIZE },
      advice: 'Remove coinciding or extremely uneven triangles.',
    });
  }
  // The binary tree counts a leaf in 16 bits: more coinciding triangles than that would be lost.
  const held = blocks.reduce((sum, block) => sum + block.length, 0);
  if (held !== triangleCount) {
    throw new RushesError({
      code: 'tree-incomplete',
      message: `${triangleCount - held} of ${triangleCount} triangles coincide with others and found no place in the tree.`,
      facts: { triangleCount, held },
      advice: 'Remove duplicate triangles.',
    });
  }
  return { nodes: packNodes(nodes), ...packBlocks(positions, blocks) };
}

/** The binary tree of three-mesh-bvh; `order` receives the triangles in the order of its leaves. */
function binaryTree(positions: Float32Array, order: Uint32Array): Binary {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(positions, 3));
  const index = new Uint32Array(order.length * 3);
  for (let i = 0; i < index.length; i++) index[i] = i;
  geometry.setIndex(new BufferAttribute(index, 1));
  const bvh = new MeshBVH(geometry, { strategy: SAH, targetLeafSize: LANES, maxDepth: 60, verbose: false });
  const serialized = MeshBVH.serialize(bvh, { cloneBuffers: false });
  for (let i = 0; i < order.length; i++) order[i] = index[3 * i]! / 3;

  // A record is 8 words: bounds, then first triangle and a mark of 0xffff for a leaf, or the distance to the right
  // child.
  const root = serialized.roots[0] as ArrayBuffer;
  const floats = new Float32Array(root);
  const words = new Uint32Array(root);
  let before: Leaf | undefined;
  const read = (node: number): Binary => {
    const at = node * 8;
    const x = floats[at + 3]! - floats[at]!;
    const y = floats[at + 4]! - floats[at + 1]!;
    const z = floats[at + 5]! - floats[at + 2]!;
    const area = x * y + y * z + z * x;
    const second = words[at + 6]!;
    const last = words[at + 7]!;
    if (last >>> 16 === 0xffff) {
      const leaf: Leaf = { kind: 'leaf', area, first: second, count: order.length - second };
      // The count has 16 bits, and more triangles than that may lie in one point: it is the way to the next leaf's
      // first.
      if (before !== undefined) before.count = second - before.first;
      before = leaf;
      return leaf;
    }
    return { kind: 'branch', area, left: read(node + 1), right: read(node + second) };
  };
  return read(0);
}

/** The parts of a leaf that holds more than a block: triangles that no plane divides. */
function splitLeaf(leaf: Leaf): Binary[] {
  if (leaf.count <= LANES) return [];
  const blocks = Math.ceil(leaf.count / LANES);
  const share = Math.ceil(blocks / LANES) * LANES;
  const parts: Binary[] = [];
  for (let first = 0; first < leaf.count; first += share) {
    parts.push({
      kind: 'leaf',
      area: leaf.area,
      first: leaf.first + first,
      count: Math.min(share, leaf.count - first),
    });
  }
  return parts;
}

/** Bounds of the triangles as the kernel sees them (corner + float32 edges), a little widened against its rounding. */
function boundsOfBlock(positions: Float32Array, block: readonly number[]): Bounds {
  const bounds: Bounds = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (const triangle of block) {
    for (let axis = 0; axis < 3; axis++) {
      const corner = positions[9 * triangle + axis]!;
      for (let c = 0; c < 3; c++) {
        const exact = positions[9 * triangle + 3 * c + axis]!;
        const asPacked = corner + Math.fround(exact - corner);
        bounds[axis] = Math.min(bounds[axis]!, exact, asPacked);
        bounds[axis + 3] = Math.max(bounds[axis + 3]!, exact, asPacked);
      }
    }
  }
  for (let axis = 0; axis < 3; axis++) {
    const slack = Math.max(Math.abs(bounds[axis]!), Math.abs(bounds[axis + 3]!)) * 2 ** -21 + 1e-12;
    bounds[axis] = Math.fround(bounds[axis]! - slack);
    bounds[axis + 3] = Math.fround(bounds[axis + 3]! + slack);
  }
  return bounds;
}

function unionOf(all: readonly Bounds[]): Bounds {
  const union: Bounds = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (const bounds of all) {
    for (let axis = 0; axis < 3; axis++) {
      union[axis] = Math.min(union[axis]!, bounds[axis]!);
      union[axis + 3] = Math.max(union[axis + 3]!, bounds[axis + 3]!);
    }
  }
  return union;
}

/** Members of `Node4` and `Block4` along x, y and z. */
const LOW = [NODE4.lowX, NODE4.lowY, NODE4.lowZ];
const HIGH = [NODE4.highX, NODE4.highY, NODE4.highZ];
const CORNER = [BLOCK4.cornerX, BLOCK4.cornerY, BLOCK4.cornerZ];
const FIRST_EDGE = [BLOCK4.firstX, BLOCK4.firstY, BLOCK4.firstZ];
const SECOND_EDGE = [BLOCK4.secondX, BLOCK4.secondY, BLOCK4.secondZ];

function packNodes(nodes: readonly { bounds: Bounds[]; children: number[] }[]): Uint8Array {
  const bytes = sharedBytes(nodes.length * NODE4_WORDS * 4);
  const record = new RecordView<'Node4'>(bytes, NODE4_WORDS);
  nodes.forEach((node, index) => {
    record.seek(index);
    for (let lane = 0; lane < LANES; lane++) {
      const bounds = node.bounds[lane];
      for (let axis = 0; axis < 3; axis++) {
        record.setLaneF32(LOW[axis]!, lane, bounds?.[axis] ?? NOWHERE);
        record.setLaneF32(HIGH[axis]!, lane, bounds?.[axis + 3] ?? NOWHERE);
      }
      record.setLaneU32(NODE4.child, lane, node.children[lane] ?? 0);
    }
  });
  return bytes;
}

function packBlocks(positions: Float32Array, blocks: readonly number[][]): Omit<Tree, 'nodes'> {
  const bytes = sharedBytes(blocks.length * BLOCK4_WORDS * 4);
  const record = new RecordView<'Block4'>(bytes, BLOCK4_WORDS);
  const lanes = new Int32Array(blocks.length * LANES).fill(-1);
  blocks.forEach((block, index) => {
    record.seek(index);
    block.forEach((triangle, lane) => {
      lanes[index * LANES + lane] = triangle;
      for (let axis = 0; axis < 3; axis++) {
        const corner = positions[9 * triangle + axis]!;
        record.setLaneF32(CORNER[axis]!, lane, corner);
        record.setLaneF32(FIRST_EDGE[axis]!, lane, positions[9 * triangle + 3 + axis]! - corner);
        record.setLaneF32(SECOND_EDGE[axis]!, lane, positions[9 * triangle + 6 + axis]! - corner);
      }
    });
  });
  return { blocks: bytes, blockCount: blocks.length, lanes };
}
