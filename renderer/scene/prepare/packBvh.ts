import { RushesError } from '../../../protocol/errors.js';
import {
  TRIANGLE_PACKET,
  TRIANGLE_PACKET_WORDS,
  CHILD_IS_PACKET,
  EMPTY_SLOT_BOUND,
  BVH_NODE,
  BVH_NODE_WORDS,
  STACK_SIZE,
} from '../../kernels/generated/layout.js';
import { RecordView } from '../../kernels/RecordView.js';
import { sharedBytes } from './sharedBytes.js';

/** A four-wide bounding volume hierarchy over triangles in packets of four. */
export interface Bvh {
  /** `BvhNode` records; the root is the first. */
  nodes: Uint8Array;
  /** `TrianglePacket` records without identities: corners and edges. */
  packets: Uint8Array;
  packetCount: number;
  /** Triangle of each lane of each packet, in the scene's numbering; -1 in empty lanes. 4 per packet. */
  lanes: Int32Array;
}

/** Triangles in a packet. */
export const LANES = 4;

/** Bounds: low x, y, z, high x, y, z. */
type Bounds = [number, number, number, number, number, number];

export type Branch = { kind: 'branch'; area: number; left: Binary; right: Binary };
export type Leaf = { kind: 'leaf'; area: number; first: number; count: number };
export type Binary = Branch | Leaf;

/**
 * Packs a binary BVH for the kernel. What a ray meets does not depend on the BVH, as long as it holds every triangle
 * once: the boxes made here enclose each triangle's own, see `withinOwnBox` in traverse.wgsl.
 * @param order the triangles in the order of the leaves.
 * @param positions 9 floats per triangle.
 */
export function packBvh(root: Binary | undefined, order: Uint32Array, positions: Float32Array): Bvh {
  const wide = collapse(root, order, positions);
  checkDepth(wide);
  checkComplete(wide, order.length);
  return { nodes: packNodes(wide.nodes), ...packPackets(positions, wide.packets) };
}

/** A node before it is packed: up to four children with their bounds. */
interface WideNode {
  bounds: Bounds[];
  children: number[];
}

/** A four-wide BVH before it is packed. */
interface WideBvh {
  nodes: WideNode[];
  /** Triangles of each packet. */
  packets: number[][];
  /** Entries of the kernel's stack that the deepest node needs. */
  deepest: number;
}

/** Collapses a binary BVH: opens the largest branch until a node has four children. */
function collapse(root: Binary | undefined, order: Uint32Array, positions: Float32Array): WideBvh {
  const wide: WideBvh = { nodes: [], packets: [], deepest: 0 };
  const { nodes, packets } = wide;

  const emitPacket = (leaf: Leaf): { child: number; bounds: Bounds } => {
    const packet = [...order.subarray(leaf.first, leaf.first + leaf.count)];
    packets.push(packet);
    return { child: (CHILD_IS_PACKET | (packets.length - 1)) >>> 0, bounds: boundsOfPacket(positions, packet) };
  };
  const emit = (binary: Binary, pushed: number): { child: number; bounds: Bounds } => {
    const children = binary.kind === 'branch' ? [binary.left, binary.right] : splitLeaf(binary);
    if (children.length === 0 && binary.kind === 'leaf') return emitPacket(binary);
    openLargest(children);
    const index = nodes.length;
    const node: WideNode = { bounds: [], children: [] };
    nodes.push(node);
    wide.deepest = Math.max(wide.deepest, pushed + LANES);
    for (const child of children) {
      const emitted = emit(child, pushed + children.length - 1);
      node.children.push(emitted.child);
      node.bounds.push(emitted.bounds);
    }
    return { child: index, bounds: unionOf(node.bounds) };
  };

  if (root === undefined) nodes.push({ bounds: [], children: [] });
  else {
    const emitted = emit(root, 0);
    // A scene of one packet still gets a node above it, because traversal starts at a node.
    if (emitted.child >= CHILD_IS_PACKET) nodes.push({ bounds: [emitted.bounds], children: [emitted.child] });
  }
  return wide;
}

/** Replaces the largest branch by its two children until there are four, or only leaves. */
function openLargest(children: Binary[]): void {
  while (children.length < LANES) {
    let widest = -1;
    let area = -1;
    children.forEach((child, index) => {
      if (child.kind === 'branch' && child.area > area) [widest, area] = [index, child.area];
    });
    const opened = children[widest];
    if (opened?.kind !== 'branch') return;
    children.splice(widest, 1, opened.left, opened.right);
  }
}

function checkDepth({ deepest }: WideBvh): void {
  if (deepest <= STACK_SIZE) return;
  throw new RushesError({
    code: 'tree-too-deep',
    message: `The scene's triangles nest ${deepest} levels deep, more than the ${STACK_SIZE} the kernel can follow.`,
    facts: { deepest, limit: STACK_SIZE },
    advice: 'Remove coinciding or extremely uneven triangles.',
  });
}

/** The binary BVH counts a leaf in 16 bits: more coinciding triangles than that would be lost. */
function checkComplete({ packets }: WideBvh, triangleCount: number): void {
  const held = packets.reduce((sum, packet) => sum + packet.length, 0);
  if (held === triangleCount) return;
  throw new RushesError({
    code: 'tree-incomplete',
    message: `${triangleCount - held} of ${triangleCount} triangles coincide with others and found no place in the BVH.`,
    facts: { triangleCount, held },
    advice: 'Remove duplicate triangles.',
  });
}

/** The parts of a leaf that holds more than a packet: triangles that no plane divides. */
function splitLeaf(leaf: Leaf): Binary[] {
  if (leaf.count <= LANES) return [];
  const packets = Math.ceil(leaf.count / LANES);
  const share = Math.ceil(packets / LANES) * LANES;
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

/**
 * The box around the triangles' own boxes, which are those of their corners as the kernel computes them: corner plus
 * edge, rounded to float32. A smaller box would lose hits that a larger one finds.
 */
function boundsOfPacket(positions: Float32Array, packet: readonly number[]): Bounds {
  const bounds: Bounds = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (const triangle of packet) {
    for (let axis = 0; axis < 3; axis++) {
      const corner = positions[9 * triangle + axis]!;
      for (let c = 0; c < 3; c++) {
        const edge = Math.fround(positions[9 * triangle + 3 * c + axis]! - corner);
        const asPacked = Math.fround(corner + edge);
        bounds[axis] = Math.min(bounds[axis]!, asPacked);
        bounds[axis + 3] = Math.max(bounds[axis + 3]!, asPacked);
      }
    }
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

/** Members of `BvhNode` and `TrianglePacket` along x, y and z. */
const LOW = [BVH_NODE.lowX, BVH_NODE.lowY, BVH_NODE.lowZ];
const HIGH = [BVH_NODE.highX, BVH_NODE.highY, BVH_NODE.highZ];
const CORNER = [TRIANGLE_PACKET.cornerX, TRIANGLE_PACKET.cornerY, TRIANGLE_PACKET.cornerZ];
const FIRST_EDGE = [TRIANGLE_PACKET.firstX, TRIANGLE_PACKET.firstY, TRIANGLE_PACKET.firstZ];
const SECOND_EDGE = [TRIANGLE_PACKET.secondX, TRIANGLE_PACKET.secondY, TRIANGLE_PACKET.secondZ];

function packNodes(nodes: readonly { bounds: Bounds[]; children: number[] }[]): Uint8Array {
  const bytes = sharedBytes(nodes.length * BVH_NODE_WORDS * 4);
  const record = new RecordView<'BvhNode'>(bytes, BVH_NODE_WORDS);
  nodes.forEach((node, index) => {
    record.seek(index);
    for (let lane = 0; lane < LANES; lane++) {
      const bounds = node.bounds[lane];
      for (let axis = 0; axis < 3; axis++) {
        record.setLaneF32(LOW[axis]!, lane, bounds?.[axis] ?? EMPTY_SLOT_BOUND);
        record.setLaneF32(HIGH[axis]!, lane, bounds?.[axis + 3] ?? EMPTY_SLOT_BOUND);
      }
      record.setLaneU32(BVH_NODE.child, lane, node.children[lane] ?? 0);
    }
  });
  return bytes;
}

function packPackets(positions: Float32Array, packets: readonly number[][]): Omit<Bvh, 'nodes'> {
  const bytes = sharedBytes(packets.length * TRIANGLE_PACKET_WORDS * 4);
  const record = new RecordView<'TrianglePacket'>(bytes, TRIANGLE_PACKET_WORDS);
  const lanes = new Int32Array(packets.length * LANES).fill(-1);
  packets.forEach((packet, index) => {
    record.seek(index);
    packet.forEach((triangle, lane) => {
      lanes[index * LANES + lane] = triangle;
      for (let axis = 0; axis < 3; axis++) {
        const corner = positions[9 * triangle + axis]!;
        record.setLaneF32(CORNER[axis]!, lane, corner);
        record.setLaneF32(FIRST_EDGE[axis]!, lane, positions[9 * triangle + 3 + axis]! - corner);
        record.setLaneF32(SECOND_EDGE[axis]!, lane, positions[9 * triangle + 6 + axis]! - corner);
      }
    });
  });
  return { packets: bytes, packetCount: packets.length, lanes };
}
