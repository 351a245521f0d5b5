import { generateTangents } from 'three/addons/libs/mikktspace.module.js';
import type { TextureSlot } from './PosedScene.js';

/**
 * A tangent and a sign per triangle corner (12 per triangle), in the mesh's own space: the file's where it has them,
 * else made by the MikkTSpace algorithm, which glTF prescribes, from the texture coordinates that the normal map reads.
 * Null where no normal map reads tangents. The algorithm is three's port of the reference in plain JavaScript with
 * every operation rounded to float32.
 */
export function cornerTangentsOf(options: {
  indices: Uint32Array;
  positions: Float32Array;
  normals: Float32Array | null;
  tangents: Float32Array | null;
  uv0: Float32Array | null;
  uv1: Float32Array | null;
  normalTexture: TextureSlot | null;
}): Float32Array | null {
  const { indices, positions, normals, tangents, normalTexture } = options;
  if (normalTexture === null) return null;
  // Without normals each triangle is flat, and glTF says to ignore the file's tangents then.
  if (tangents !== null && normals !== null) return spread(indices, tangents, 4);
  const uv = normalTexture.uvSet === 0 ? options.uv0 : options.uv1;
  if (uv === null || indices.length === 0) return null;
  const [a, b, c, d, tx, ty] = normalTexture.transform;
  const mapped = new Float32Array(uv.length);
  for (let i = 0; i < uv.length; i += 2) {
    const u = uv[i] as number;
    const v = uv[i + 1] as number;
    mapped[i] = a * u + c * v + tx;
    mapped[i + 1] = b * u + d * v + ty;
  }
  const corners = spread(indices, positions, 3);
  const made = generateTangents(
    corners,
    normals === null ? faceNormals(corners) : spread(indices, normals, 3),
    spread(indices, mapped, 2),
  ) as Float32Array;
  // glTF counts v downwards, MikkTSpace upwards: the sign turns.
  for (let i = 3; i < made.length; i += 4) made[i] = -(made[i] as number);
  return made;
}

function spread(indices: Uint32Array, values: Float32Array, components: number): Float32Array {
  const corners = new Float32Array(indices.length * components);
  for (let i = 0; i < indices.length; i++)
    for (let k = 0; k < components; k++)
      corners[components * i + k] = values[components * (indices[i] as number) + k] as number;
  return corners;
}

function faceNormals(corners: Float32Array): Float32Array {
  const normals = new Float32Array(corners.length);
  const at = (i: number): number => corners[i] as number;
  for (let t = 0; t < corners.length; t += 9) {
    const [ux, uy, uz] = [at(t + 3) - at(t), at(t + 4) - at(t + 1), at(t + 5) - at(t + 2)];
    const [vx, vy, vz] = [at(t + 6) - at(t), at(t + 7) - at(t + 1), at(t + 8) - at(t + 2)];
    const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.sqrt(x * x + y * y + z * z);
    for (let corner = 0; corner < 9; corner += 3)
      normals.set(length > 0 ? [x / length, y / length, z / length] : [0, 1, 0], t + corner);
  }
  return normals;
}
