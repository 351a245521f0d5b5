/**
 * A glTF text without files beside it: a floor and a spinning wedge under a directional light, a few triangles, all of
 * it ours. `tint` changes the floor's colour.
 */
export function smallSceneGltf(options: { tint?: [number, number, number] } = {}): Uint8Array {
  const [r, g, b] = options.tint ?? [0.7, 0.6, 0.5];
  const floor = Float32Array.of(-2, 0, -2, -2, 0, 2, 2, 0, 2, -2, 0, -2, 2, 0, 2, 2, 0, -2);
  const wedge = Float32Array.of(
    -0.5,
    0,
    0.5,
    0.5,
    0,
    0.5,
    0,
    1,
    0,
    0.5,
    0,
    0.5,
    0.5,
    0,
    -0.5,
    0,
    1,
    0,
    0.5,
    0,
    -0.5,
    -0.5,
    0,
    -0.5,
    0,
    1,
    0,
    -0.5,
    0,
    -0.5,
    -0.5,
    0,
    0.5,
    0,
    1,
    0,
  );
  const times = Float32Array.of(0, 1);
  const turns = Float32Array.of(0, 0, 0, 1, 0, Math.SQRT1_2, 0, Math.SQRT1_2);
  const parts = [floor, wedge, times, turns];
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part.buffer)));
  let offset = 0;
  const bufferViews = parts.map((part) => {
    const view = { buffer: 0, byteOffset: offset, byteLength: part.byteLength };
    offset += part.byteLength;
    return view;
  });
  return Buffer.from(
    JSON.stringify({
      asset: { version: '2.0' },
      extensionsUsed: ['KHR_lights_punctual'],
      extensions: { KHR_lights_punctual: { lights: [{ type: 'directional', color: [1, 0.95, 0.9], intensity: 3 }] } },
      scene: 0,
      scenes: [{ nodes: [0, 1, 2] }],
      nodes: [
        { mesh: 0 },
        { mesh: 1, name: 'wedge' },
        { rotation: [-0.5, 0.2, 0.1, 0.83666], extensions: { KHR_lights_punctual: { light: 0 } } },
      ],
      meshes: [
        { primitives: [{ attributes: { POSITION: 0 }, material: 0 }] },
        { primitives: [{ attributes: { POSITION: 1 }, material: 1 }] },
      ],
      materials: [
        {
          pbrMetallicRoughness: { baseColorFactor: [r, g, b, 1], metallicFactor: 0, roughnessFactor: 0.9 },
          doubleSided: true,
        },
        {
          pbrMetallicRoughness: { baseColorFactor: [0.3, 0.5, 0.8, 1], metallicFactor: 0.6, roughnessFactor: 0.3 },
          doubleSided: true,
        },
      ],
      animations: [
        {
          name: 'spin',
          samplers: [{ input: 2, output: 3, interpolation: 'LINEAR' }],
          channels: [{ sampler: 0, target: { node: 1, path: 'rotation' } }],
        },
      ],
      accessors: [
        { bufferView: 0, componentType: 5126, count: 6, type: 'VEC3', min: [-2, 0, -2], max: [2, 0, 2] },
        { bufferView: 1, componentType: 5126, count: 12, type: 'VEC3', min: [-0.5, 0, -0.5], max: [0.5, 1, 0.5] },
        { bufferView: 2, componentType: 5126, count: 2, type: 'SCALAR', min: [0], max: [1] },
        { bufferView: 3, componentType: 5126, count: 2, type: 'VEC4' },
      ],
      bufferViews,
      buffers: [{ byteLength: bytes.length, uri: `data:application/octet-stream;base64,${bytes.toString('base64')}` }],
    }),
  );
}
