import type { BufferAttribute, BufferGeometry, InterleavedBufferAttribute } from 'three';
import { BadSceneError } from './BadSceneError.js';
import { cornerTangentsOf } from './cornerTangentsOf.js';
import type { GltfDocument, GltfPrimitive } from './GltfDocument.js';
import type { MeshPrimitive, MorphTarget, SceneMesh } from './LoadedScene.js';
import type { SceneGeometry } from './openGeometry.js';
import type { PosedMaterial } from './PosedScene.js';
import type { SceneBudget } from './SceneBudget.js';

/**
 * Reads one mesh into plain arrays. `materialOf` tells how a primitive is shaded, which decides whether it needs
 * tangents. Primitives that are points, lines or without positions are left out; `checkScene` names them. Throws
 * BadSceneError for indices and attributes that do not fit together.
 */
export async function readMesh(options: {
  file: string;
  document: GltfDocument;
  geometry: SceneGeometry;
  index: number;
  materialOf: (index: number) => PosedMaterial;
  budget: SceneBudget;
}): Promise<SceneMesh> {
  const { file, document, geometry, index, materialOf, budget } = options;
  const mesh = document.meshes?.[index];
  if (mesh === undefined) throw new BadSceneError({ file, where: `meshes[${index}]`, what: 'there is no such mesh' });
  const geometries = await geometry.mesh(index);
  const primitives: MeshPrimitive[] = [];
  for (const [k, primitive] of mesh.primitives.entries()) {
    const three = geometries[k];
    if (three === undefined || three === null || primitive.attributes['POSITION'] === undefined) continue;
    primitives.push(
      await readPrimitive({
        file,
        where: `meshes[${index}].primitives[${k}]`,
        primitive,
        three,
        geometry,
        material: materialOf(primitive.material ?? -1),
        budget,
      }),
    );
  }
  return { primitives, weights: mesh.weights ?? [] };
}

/** Bytes of a vertex while its primitive is posed: doubles of position, normal, colour and a skin's blend. */
const BYTES_PER_POSED_VERTEX = 160;
/** Bytes of a triangle while its tangents are made; 250 were measured on a million triangles. */
const BYTES_PER_TANGENT_TRIANGLE = 320;

async function readPrimitive(options: {
  file: string;
  where: string;
  primitive: GltfPrimitive;
  three: BufferGeometry;
  geometry: SceneGeometry;
  material: PosedMaterial;
  budget: SceneBudget;
}): Promise<MeshPrimitive> {
  const { file, where, primitive, three, geometry, material, budget } = options;
  const vertexCount = (three.getAttribute('position') as BufferAttribute).count;
  budget.afford({
    file,
    where,
    what: `posing its ${vertexCount} vertices`,
    bytes: BYTES_PER_POSED_VERTEX * vertexCount,
  });
  const read = (name: string, components: number): Float32Array | null => {
    const attribute = three.getAttribute(name) as BufferAttribute | InterleavedBufferAttribute | undefined;
    if (attribute === undefined) return null;
    if (attribute.itemSize !== components)
      throw new BadSceneError({
        file,
        where,
        what: `its ${name} has ${attribute.itemSize} numbers per vertex instead of ${components}`,
      });
    return Float32Array.from(
      fitting({ file, where, name, values: geometry.values(attribute, `${where} ${name}`), components, vertexCount }),
    );
  };
  const positions = read('position', 3) as Float32Array;
  const indices = readIndices({ file, where, three, vertexCount });
  if (material.normalTexture !== null) {
    const triangles = indices.length / 3;
    const cost = { file, where, what: `the tangents of its ${triangles} triangles` };
    budget.lend({ ...cost, bytes: BYTES_PER_TANGENT_TRIANGLE * triangles });
    budget.hold({ ...cost, bytes: 4 * 12 * triangles });
  }
  const normals = read('normal', 3);
  const uv0 = read('uv', 2);
  const uv1 = read('uv1', 2);
  const { influences, joints, weights } = readInfluences({ file, where, three, vertexCount });
  return {
    vertexCount,
    triangleCount: indices.length / 3,
    indices,
    positions,
    normals,
    cornerTangents: cornerTangentsOf({
      indices,
      positions,
      normals,
      tangents: read('tangent', 4),
      uv0,
      uv1,
      normalTexture: material.normalTexture,
    }),
    uv0,
    uv1,
    colors: readColors({ file, where, three, vertexCount, geometry }),
    influences,
    joints,
    weights,
    targets: await readTargets({ file, where, primitive, geometry, vertexCount }),
    material: primitive.material ?? -1,
  };
}

function fitting(options: {
  file: string;
  where: string;
  name: string;
  values: Float64Array;
  components: number;
  vertexCount: number;
}): Float64Array {
  const { file, where, name, values, components, vertexCount } = options;
  if (values.length !== vertexCount * components)
    throw new BadSceneError({
      file,
      where,
      what: `its ${name} has ${values.length / components} elements for ${vertexCount} vertices`,
    });
  return values;
}

function readIndices(options: {
  file: string;
  where: string;
  three: BufferGeometry;
  vertexCount: number;
}): Uint32Array {
  const { file, where, three, vertexCount } = options;
  const index = three.getIndex();
  const count = index === null ? vertexCount : index.count;
  // A last incomplete triangle is dropped, as every viewer does.
  const indices = new Uint32Array(count - (count % 3));
  for (let i = 0; i < indices.length; i++) {
    const vertex = index === null ? i : index.getX(i);
    if (vertex >= vertexCount)
      throw new BadSceneError({ file, where, what: `index ${i} names vertex ${vertex} of ${vertexCount}` });
    indices[i] = vertex;
  }
  return indices;
}

function readColors(options: {
  file: string;
  where: string;
  three: BufferGeometry;
  vertexCount: number;
  geometry: SceneGeometry;
}): Float32Array | null {
  const { file, where, three, vertexCount, geometry } = options;
  const attribute = three.getAttribute('color') as BufferAttribute | InterleavedBufferAttribute | undefined;
  if (attribute === undefined) return null;
  return withAlpha(
    fitting({
      file,
      where,
      name: 'color',
      values: geometry.values(attribute, `${where} color`),
      components: attribute.itemSize,
      vertexCount,
    }),
    attribute.itemSize,
    1,
  );
}

/** RGB or RGBA to RGBA. */
function withAlpha(values: Float64Array, components: number, alpha: number): Float32Array {
  const count = values.length / components;
  const rgba = new Float32Array(4 * count).fill(alpha);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < Math.min(4, components); k++) rgba[4 * i + k] = values[components * i + k] as number;
  return rgba;
}

function readInfluences(options: {
  file: string;
  where: string;
  three: BufferGeometry;
  vertexCount: number;
}): Pick<MeshPrimitive, 'influences' | 'joints' | 'weights'> {
  const { file, where, three, vertexCount } = options;
  const sets = [
    ['skinIndex', 'skinWeight'],
    ['joints_1', 'weights_1'],
  ]
    .map(([j, w]) => [three.getAttribute(j as string), three.getAttribute(w as string)] as const)
    .filter((pair): pair is [BufferAttribute, BufferAttribute] => pair[0] !== undefined && pair[1] !== undefined);
  const influences = 4 * sets.length;
  const joints = new Uint16Array(influences * vertexCount);
  const weights = new Float64Array(influences * vertexCount);
  for (const [s, [jointAttribute, weightAttribute]] of sets.entries()) {
    if (jointAttribute.count !== vertexCount || weightAttribute.count !== vertexCount)
      throw new BadSceneError({ file, where, what: `its joints or weights do not cover its ${vertexCount} vertices` });
    for (let v = 0; v < vertexCount; v++) {
      for (let k = 0; k < 4; k++) {
        joints[influences * v + 4 * s + k] = jointAttribute.getComponent(v, k);
        weights[influences * v + 4 * s + k] = weightAttribute.getComponent(v, k);
      }
    }
  }
  // Exporters round weights; a vertex whose weights do not add up to 1 would be drawn towards the origin.
  for (let v = 0; v < vertexCount && influences > 0; v++) {
    let sum = 0;
    for (let k = 0; k < influences; k++) sum += weights[influences * v + k] as number;
    if (!(sum > 0)) {
      weights[influences * v] = 1;
      continue;
    }
    for (let k = 0; k < influences; k++) weights[influences * v + k] = (weights[influences * v + k] as number) / sum;
  }
  return { influences, joints, weights };
}

/**
 * Targets are read here and not through three's loader, which fills a property that a target lacks with the mesh's own.
 */
async function readTargets(options: {
  file: string;
  where: string;
  primitive: GltfPrimitive;
  geometry: SceneGeometry;
  vertexCount: number;
}): Promise<MorphTarget[]> {
  const { file, where, primitive, geometry, vertexCount } = options;
  const read = async (
    accessor: number | undefined,
    name: string,
  ): Promise<{ values: Float64Array; components: number } | null> => {
    if (accessor === undefined) return null;
    const { values, components } = await geometry.accessor(accessor);
    if (components < 3)
      throw new BadSceneError({ file, where, what: `a morph target's ${name} has ${components} numbers per vertex` });
    return {
      values: fitting({ file, where, name: `morph target ${name}`, values, components, vertexCount }),
      components,
    };
  };
  return Promise.all(
    (primitive.targets ?? []).map(async (target) => {
      const [positions, normals, colors] = await Promise.all([
        read(target['POSITION'], 'POSITION'),
        read(target['NORMAL'], 'NORMAL'),
        read(target['COLOR_0'], 'COLOR_0'),
      ]);
      return {
        positions: positions === null ? null : Float32Array.from(positions.values),
        normals: normals === null ? null : Float32Array.from(normals.values),
        colors: colors === null ? null : withAlpha(colors.values, colors.components, 0),
      };
    }),
  );
}
