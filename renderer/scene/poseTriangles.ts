import { hexOfBytes } from '../../protocol/bytes.js';
import { sha256 } from '../../protocol/sha256.js';
import { readsSecondSet } from './materialTextures.js';
import type { LoadedScene, MeshPrimitive, PosedTriangles } from './LoadedScene.js';
import { type Placement, placementsOf, poseVertices } from './poseVertices.js';
import type { ScenePose } from './samplePose.js';

/** A primitive somewhere in the world. */
interface Placed {
  primitive: MeshPrimitive;
  placement: Placement;
  weights: ArrayLike<number>;
}

/**
 * Every triangle of a scene at a pose, in node order; node, instance, primitive, triangle. The last result is kept on
 * the scene and given again for an equal pose.
 */
export function poseTriangles(loaded: Pick<LoadedScene, 'content'>, pose: ScenePose): PosedTriangles {
  const { content } = loaded;
  const placed = placedPrimitives(loaded, pose);
  const geometryKey = keyOf(content.digest, placed);
  if (content.posed?.geometryKey === geometryKey) return content.posed;

  const triangleCount = placed.reduce((sum, { primitive }) => sum + primitive.triangleCount, 0);
  const usesSecondSet = content.materials.some(readsSecondSet);
  const triangles: PosedTriangles = {
    triangleCount,
    positions: new Float32Array(9 * triangleCount),
    normals: new Float32Array(9 * triangleCount),
    uv0: new Float32Array(6 * triangleCount),
    uv1: usesSecondSet ? new Float32Array(6 * triangleCount) : null,
    tangents: new Float32Array(12 * triangleCount),
    colors: placed.some(({ primitive }) => primitive.colors !== null)
      ? new Float32Array(12 * triangleCount).fill(1)
      : null,
    materialOfTriangle: new Uint32Array(triangleCount),
    geometryKey,
  };
  let first = 0;
  for (const one of placed) {
    triangles.materialOfTriangle.fill(
      content.materialIndexOf.get(one.primitive.material) ?? 0,
      first,
      first + one.primitive.triangleCount,
    );
    writeTriangles(triangles, first, one);
    first += one.primitive.triangleCount;
  }
  content.posed = triangles;
  return triangles;
}

function placedPrimitives(loaded: Pick<LoadedScene, 'content'>, pose: ScenePose): Placed[] {
  const { content } = loaded;
  const placed: Placed[] = [];
  for (const [position, node] of content.order.entries()) {
    const mesh = node.mesh === null ? undefined : content.meshes.get(node.mesh);
    if (mesh === undefined) continue;
    const weights = pose.weights[position] ?? mesh.weights;
    for (const placement of placementsOf({ node, position, pose, skins: content.skins }))
      for (const primitive of mesh.primitives) placed.push({ primitive, placement, weights });
  }
  return placed;
}

/** A hash over all that the triangles depend on: the files and every placement and weight. */
function keyOf(digest: string, placed: Placed[]): string {
  const pieces: ArrayLike<number>[] = [];
  for (const { placement, weights, primitive } of placed) {
    if (placement.kind === 'rigid') pieces.push(placement.matrix);
    else for (const joint of placement.joints) pieces.push(joint);
    if (primitive.targets.length > 0) pieces.push(weights);
  }
  // In one array: a scene of very many nodes has more pieces than a call may have arguments.
  const numbers = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    numbers.set(piece, at);
    at += piece.length;
  }
  return hexOfBytes(sha256(new TextEncoder().encode(digest), new Uint8Array(numbers.buffer)));
}

function writeTriangles(triangles: PosedTriangles, first: number, { primitive, placement, weights }: Placed): void {
  const { indices, uv0, uv1, cornerTangents } = primitive;
  const { positions, normals, linear, handedness, colors } = poseVertices(primitive, placement, weights);
  const perVertex = handedness.length > 1;
  const corner = [0, 1, 2];
  const face = [0, 0, 0];
  for (let t = 0; t < primitive.triangleCount; t++) {
    const vertexAt = (k: number): number => indices[3 * t + k] as number;
    // A mirroring placement turns triangles inside out: exchange two corners to turn them back.
    const mirrors = (handedness[perVertex ? vertexAt(0) : 0] as number) < 0;
    corner[1] = mirrors ? 2 : 1;
    corner[2] = mirrors ? 1 : 2;
    faceNormal(positions, vertexAt(0), vertexAt(corner[1]), vertexAt(corner[2]), face);
    for (let k = 0; k < 3; k++) {
      const source = corner[k] as number;
      const vertex = vertexAt(source);
      const target = 3 * (first + t) + k;
      for (let e = 0; e < 3; e++) triangles.positions[3 * target + e] = positions[3 * vertex + e] as number;
      const normal = unitOr(
        normals === null ? 0 : (normals[3 * vertex] as number),
        normals === null ? 0 : (normals[3 * vertex + 1] as number),
        normals === null ? 0 : (normals[3 * vertex + 2] as number),
        face,
      );
      triangles.normals.set(normal, 3 * target);
      if (uv0 !== null) for (let e = 0; e < 2; e++) triangles.uv0[2 * target + e] = uv0[2 * vertex + e] as number;
      if (uv1 !== null && triangles.uv1 !== null)
        for (let e = 0; e < 2; e++) triangles.uv1[2 * target + e] = uv1[2 * vertex + e] as number;
      if (colors !== null && triangles.colors !== null)
        for (let e = 0; e < 4; e++) triangles.colors[4 * target + e] = colors[4 * vertex + e] as number;
      writeTangent({
        tangents: triangles.tangents,
        at: 4 * target,
        normal,
        local: cornerTangents,
        from: 12 * t + 4 * source,
        linear,
        offset: perVertex ? 9 * vertex : 0,
        sign: mirrors ? -1 : 1,
      });
    }
  }
}

/** The unit normal of a triangle in winding order; +Y for one without area. */
function faceNormal(positions: Float64Array, a: number, b: number, c: number, out: number[]): void {
  const at = (vertex: number, e: number): number => positions[3 * vertex + e] as number;
  const [ux, uy, uz] = [at(b, 0) - at(a, 0), at(b, 1) - at(a, 1), at(b, 2) - at(a, 2)];
  const [vx, vy, vz] = [at(c, 0) - at(a, 0), at(c, 1) - at(a, 1), at(c, 2) - at(a, 2)];
  const unit = unitOr(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx, [0, 1, 0]);
  for (let e = 0; e < 3; e++) out[e] = unit[e] as number;
}

function unitOr(x: number, y: number, z: number, otherwise: number[]): number[] {
  const length = Math.sqrt(x * x + y * y + z * z);
  return length > 0 && Number.isFinite(length) ? [x / length, y / length, z / length] : [...otherwise];
}

/**
 * Takes a corner's tangent into the world, perpendicular to the normal. Where there is none any perpendicular direction
 * serves: nothing reads it.
 */
function writeTangent(options: {
  tangents: Float32Array;
  at: number;
  normal: number[];
  local: Float32Array | null;
  from: number;
  linear: Float64Array;
  offset: number;
  sign: number;
}): void {
  const { tangents, at, normal, local, from, linear, offset, sign } = options;
  const [nx, ny, nz] = normal as [number, number, number];
  const world = [0, 0, 0];
  let w = 1;
  if (local !== null) {
    for (let row = 0; row < 3; row++)
      for (let k = 0; k < 3; k++)
        world[row] = (world[row] as number) + (linear[offset + 3 * k + row] as number) * (local[from + k] as number);
    w = sign * ((local[from + 3] as number) < 0 ? -1 : 1);
  }
  const along = (world[0] as number) * nx + (world[1] as number) * ny + (world[2] as number) * nz;
  // Perpendicular to the normal by the axis that it leans to least.
  const axis = Math.abs(nx) <= Math.abs(ny) && Math.abs(nx) <= Math.abs(nz) ? 0 : Math.abs(ny) <= Math.abs(nz) ? 1 : 2;
  const lean = normal[axis] as number;
  const fallback = unitOr(
    (axis === 0 ? 1 : 0) - lean * nx,
    (axis === 1 ? 1 : 0) - lean * ny,
    (axis === 2 ? 1 : 0) - lean * nz,
    [1, 0, 0],
  );
  const tangent = unitOr(
    (world[0] as number) - along * nx,
    (world[1] as number) - along * ny,
    (world[2] as number) - along * nz,
    fallback,
  );
  tangents.set([...tangent, w], at);
}
