import type { MeshPrimitive, SceneNode, SceneSkin } from './LoadedScene.js';
import { cofactors, determinant, type Matrix, multiply } from './matrices.js';
import type { ScenePose } from './samplePose.js';

/** What takes a mesh's points into the world: one matrix, or one per joint of a skin. */
export type Placement = { kind: 'rigid'; matrix: Matrix } | { kind: 'skinned'; joints: Matrix[] };

/** Every placement of a node's mesh: one, or one per instance. A skin replaces the node's own place, as glTF says. */
export function placementsOf(options: {
  node: SceneNode;
  position: number;
  pose: ScenePose;
  skins: Map<number, SceneSkin>;
}): Placement[] {
  const { node, position, pose, skins } = options;
  const world = pose.worldFromNode[position] as Matrix;
  const skin = node.skin === null ? undefined : skins.get(node.skin);
  if (skin !== undefined)
    return [
      {
        kind: 'skinned',
        joints: skin.joints.map((joint, j) =>
          multiply(pose.worldFromNode[joint] as Matrix, skin.inverseBind.subarray(16 * j, 16 * j + 16)),
        ),
      },
    ];
  if (node.instances === null) return [{ kind: 'rigid', matrix: world }];
  return Array.from({ length: node.instances.length / 16 }, (_, i) => ({
    kind: 'rigid',
    matrix: multiply(world, (node.instances as Float64Array).subarray(16 * i, 16 * i + 16)),
  }));
}

/** Posed vertices in world space, float64. */
export interface PosedVertices {
  /** 3 per vertex. */
  positions: Float64Array;
  /** 3 per vertex, not normalised; null where the primitive is flat. */
  normals: Float64Array | null;
  /** 9 per vertex, column-major, or 9 in all for a rigid placement: takes tangents into the world. */
  linear: Float64Array;
  /** Per vertex, or one for a rigid placement: -1 where the placement mirrors, else 1. */
  handedness: Int8Array;
  /** Vertex colours with morphing applied; null where there are none. */
  colors: Float32Array | Float64Array | null;
}

/** Applies morph targets, then the placement, to every vertex of a primitive. */
export function poseVertices(
  primitive: MeshPrimitive,
  placement: Placement,
  morphWeights: ArrayLike<number>,
): PosedVertices {
  const positions = morphed(
    primitive.positions,
    3,
    primitive.targets.map((target) => target.positions),
    morphWeights,
  );
  const normals =
    primitive.normals === null
      ? null
      : morphed(
          primitive.normals,
          3,
          primitive.targets.map((target) => target.normals),
          morphWeights,
        );
  const colors =
    primitive.colors === null
      ? null
      : morphed(
          primitive.colors,
          4,
          primitive.targets.map((target) => target.colors),
          morphWeights,
        );
  // A mesh without joints under a skin stands where its joints' common root has it: glTF forbids it, and drawing
  // nothing would hide it.
  if (placement.kind === 'skinned' && primitive.influences > 0)
    return { ...skinned(primitive, placement.joints, positions, normals), colors };
  return {
    ...rigid(placement.kind === 'rigid' ? placement.matrix : (placement.joints[0] as Matrix), positions, normals),
    colors,
  };
}

/** base + sum of weight * displacement, target by target in file order. */
function morphed(
  base: Float32Array,
  components: number,
  targets: (Float32Array | null)[],
  weights: ArrayLike<number>,
): Float64Array {
  const values = Float64Array.from(base);
  for (const [t, target] of targets.entries()) {
    const weight = weights[t] ?? 0;
    if (target === null || weight === 0) continue;
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + weight * (target[i] as number);
  }
  if (components === 4)
    for (let i = 0; i < values.length; i++) values[i] = Math.min(1, Math.max(0, values[i] as number));
  return values;
}

function rigid(matrix: Matrix, positions: Float64Array, normals: Float64Array | null): Omit<PosedVertices, 'colors'> {
  const sign = determinant(matrix) < 0 ? -1 : 1;
  const cofactor = cofactors(matrix);
  for (let i = 0; i < positions.length; i += 3) transformPoint(matrix, positions, i);
  if (normals !== null) for (let i = 0; i < normals.length; i += 3) transformNormal(cofactor, sign, normals, i);
  return { positions, normals, linear: linearOf(matrix), handedness: Int8Array.of(sign) };
}

function skinned(
  primitive: MeshPrimitive,
  joints: Matrix[],
  positions: Float64Array,
  normals: Float64Array | null,
): Omit<PosedVertices, 'colors'> {
  const { influences, vertexCount } = primitive;
  const linear = new Float64Array(9 * vertexCount);
  const handedness = new Int8Array(vertexCount);
  const blend = new Float64Array(16);
  for (let v = 0; v < vertexCount; v++) {
    blend.fill(0);
    for (let k = 0; k < influences; k++) {
      const weight = primitive.weights[influences * v + k] as number;
      if (weight === 0) continue;
      const joint = joints[primitive.joints[influences * v + k] as number] as Matrix;
      for (let e = 0; e < 16; e++) blend[e] = (blend[e] as number) + weight * (joint[e] as number);
    }
    const sign = determinant(blend) < 0 ? -1 : 1;
    transformPoint(blend, positions, 3 * v);
    if (normals !== null) transformNormal(cofactors(blend), sign, normals, 3 * v);
    linear.set(linearOf(blend), 9 * v);
    handedness[v] = sign;
  }
  return { positions, normals, linear, handedness };
}

function transformPoint(m: Float64Array, values: Float64Array, at: number): void {
  const [x, y, z] = [values[at] as number, values[at + 1] as number, values[at + 2] as number];
  for (let row = 0; row < 3; row++)
    values[at + row] =
      (m[row] as number) * x + (m[4 + row] as number) * y + (m[8 + row] as number) * z + (m[12 + row] as number);
}

function transformNormal(cofactor: Float64Array, sign: number, values: Float64Array, at: number): void {
  const [x, y, z] = [values[at] as number, values[at + 1] as number, values[at + 2] as number];
  for (let row = 0; row < 3; row++)
    values[at + row] =
      sign * ((cofactor[row] as number) * x + (cofactor[3 + row] as number) * y + (cofactor[6 + row] as number) * z);
}

function linearOf(m: Float64Array): Float64Array {
  return Float64Array.of(
    m[0] as number,
    m[1] as number,
    m[2] as number,
    m[4] as number,
    m[5] as number,
    m[6] as number,
    m[8] as number,
    m[9] as number,
    m[10] as number,
  );
}
