import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Changes to the scene's document before it is written. */
export type EditDocument = (document: Record<string, unknown> & { materials: Record<string, unknown>[] }) => void;

/**
 * Writes scene.gltf: a tilted square that turns about +Y during one second over a second, larger square, a point light,
 * no camera. Renders in milliseconds. Returns its path.
 */
export async function writeTurningSquare(folder: string, edit: EditDocument = () => {}): Promise<string> {
  const positions = new Float32Array([-1, 0, -1, 1, 0, -1, 1, 0, 1, -1, 0, 1]);
  const normals = new Float32Array([0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]);
  const uvs = new Float32Array([0, 0, 1, 0, 1, 1, 0, 1]);
  const indices = new Uint16Array([0, 2, 1, 0, 3, 2]);
  const times = new Float32Array([0, 0.5, 1]);
  const turns = new Float32Array([0, 0, 0.3826834, 0.9238795, 0, 0.7071068, 0, 0.7071068, 0, 1, 0, 0]);
  const parts = [positions, normals, uvs, times, turns, indices].map((array) => Buffer.from(array.buffer));
  const views: { buffer: number; byteOffset: number; byteLength: number }[] = [];
  let byteOffset = 0;
  for (const part of parts) {
    views.push({ buffer: 0, byteOffset, byteLength: part.length });
    byteOffset += part.length;
  }
  const document = {
    asset: { version: '2.0' },
    extensionsUsed: ['KHR_lights_punctual'],
    extensions: { KHR_lights_punctual: { lights: [{ type: 'point', intensity: 60, color: [1, 0.9, 0.8] }] } },
    scene: 0,
    scenes: [{ nodes: [0, 1, 2] }],
    nodes: [
      { mesh: 0, translation: [0, 0.8, 0], rotation: [0, 0, 0.3826834, 0.9238795] },
      { mesh: 1, scale: [3, 1, 3] },
      { translation: [1, 3, 2], extensions: { KHR_lights_punctual: { light: 0 } } },
    ],
    materials: [
      {
        name: 'Metal',
        pbrMetallicRoughness: { baseColorFactor: [0.9, 0.6, 0.3, 1], metallicFactor: 1, roughnessFactor: 0.4 },
        doubleSided: true,
      },
      {
        name: 'Floor',
        pbrMetallicRoughness: { baseColorFactor: [0.6, 0.6, 0.65, 1], metallicFactor: 0, roughnessFactor: 0.9 },
      },
    ],
    meshes: [0, 1].map((material) => ({
      primitives: [{ attributes: { POSITION: 0, NORMAL: 1, TEXCOORD_0: 2 }, indices: 5, material }],
    })),
    animations: [
      {
        name: 'Turn',
        channels: [{ sampler: 0, target: { node: 0, path: 'rotation' } }],
        samplers: [{ input: 3, output: 4 }],
      },
    ],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 4, type: 'VEC3', min: [-1, 0, -1], max: [1, 0, 1] },
      { bufferView: 1, componentType: 5126, count: 4, type: 'VEC3' },
      { bufferView: 2, componentType: 5126, count: 4, type: 'VEC2' },
      { bufferView: 3, componentType: 5126, count: 3, type: 'SCALAR', min: [0], max: [1] },
      { bufferView: 4, componentType: 5126, count: 3, type: 'VEC4' },
      { bufferView: 5, componentType: 5123, count: 6, type: 'SCALAR' },
    ],
    bufferViews: views,
    buffers: [
      {
        byteLength: byteOffset,
        uri: `data:application/octet-stream;base64,${Buffer.concat(parts).toString('base64')}`,
      },
    ],
  };
  edit(document as unknown as Parameters<EditDocument>[0]);
  const path = join(folder, 'scene.gltf');
  await writeFile(path, JSON.stringify(document));
  return path;
}
