import sharp from 'sharp';
import { DataTexture, FloatType, RGBAFormat } from 'three';
import { EXRExporter } from 'three/addons/exporters/EXRExporter.js';
import { encodeHdr } from '../../renderer/scene/encodeHdr.js';
import { GltfBuilder } from '../renderer/scene/GltfBuilder.js';

/** A scene as a document and the files beside it, before it is put into a container. */
export interface SoundScene {
  name: string;
  builder: () => GltfBuilder;
}

/** Scenes that load, which between them use all that is read: what is fuzzed are these, changed. */
export async function soundScenes(): Promise<{ scenes: SoundScene[]; environments: Record<string, Uint8Array> }> {
  const picture = sharp(
    Uint8Array.from({ length: 4 * 20 * 12 }, (_, i) => (i * 37) % 256),
    {
      raw: { width: 20, height: 12, channels: 4 },
    },
  );
  const bytesOf = async (format: { toBuffer(): Promise<Buffer> }): Promise<Uint8Array> =>
    new Uint8Array(await format.toBuffer());
  const images = [
    await bytesOf(picture.clone().png()),
    await bytesOf(picture.clone().removeAlpha().png({ palette: true })),
    await bytesOf(picture.clone().removeAlpha().jpeg()),
    await bytesOf(picture.clone().removeAlpha().jpeg({ progressive: true })),
    await bytesOf(picture.clone().webp()),
    await bytesOf(picture.clone().webp({ lossless: true })),
  ];
  const scenes: SoundScene[] = [
    { name: 'textured', builder: () => textured(images) },
    { name: 'skinned', builder: skinned },
    { name: 'morphing', builder: morphing },
    { name: 'instanced', builder: instanced },
    { name: 'sparse', builder: sparse },
  ];
  const rgb = Float32Array.from({ length: 3 * 16 * 8 }, (_, i) => (i * 37) % 11);
  const rgba = Float32Array.from({ length: 4 * 16 * 8 }, (_, i) => (i * 37) % 11);
  const exr = (await new EXRExporter().parse(new DataTexture(rgba, 16, 8, RGBAFormat, FloatType), {
    type: FloatType,
  })) as Uint8Array;
  return { scenes, environments: { 'a.hdr': encodeHdr({ width: 16, height: 8, rgb }), 'a.exr': exr } };
}

function textured(images: Uint8Array[]): GltfBuilder {
  const builder = new GltfBuilder();
  builder.json['asset'].extras = { rushes: { environment: 'a.hdr', background: '#102030', fps: 12, camera: 'Hero' } };
  builder.push('samplers', { wrapS: 33071, wrapT: 33648, magFilter: 9728 });
  for (const [i, bytes] of images.entries()) {
    builder.push('images', { bufferView: builder.view(bytes), mimeType: 'image/png', name: `picture ${i}` });
    builder.push('textures', { source: i, sampler: 0 });
  }
  const info = (index: number, more = {}) => ({ index, ...more });
  const transform = { KHR_texture_transform: { offset: [0.1, 0.2], rotation: 0.3, scale: [2, 3], texCoord: 1 } };
  const material = builder.push('materials', {
    name: 'Paint',
    pbrMetallicRoughness: {
      baseColorFactor: [1, 0.5, 0.2, 1],
      baseColorTexture: info(0, { extensions: transform }),
      metallicFactor: 0.2,
      roughnessFactor: 0.4,
      metallicRoughnessTexture: info(1),
    },
    normalTexture: info(2, { scale: 0.8 }),
    emissiveTexture: info(3),
    emissiveFactor: [1, 1, 1],
    alphaMode: 'MASK',
    alphaCutoff: 0.3,
    doubleSided: true,
    extensions: {
      KHR_materials_emissive_strength: { emissiveStrength: 4 },
      KHR_materials_transmission: { transmissionFactor: 0.5, transmissionTexture: info(4) },
      KHR_materials_ior: { ior: 1.4 },
      KHR_materials_specular: {
        specularFactor: 0.7,
        specularTexture: info(4),
        specularColorFactor: [1, 0.5, 0.5],
        specularColorTexture: info(0),
      },
      KHR_materials_volume: { thicknessFactor: 1 },
    },
  });
  const old = builder.push('materials', {
    extensions: {
      KHR_materials_pbrSpecularGlossiness: {
        diffuseFactor: [1, 1, 1, 1],
        diffuseTexture: info(5),
        glossinessFactor: 0.5,
      },
      KHR_materials_unlit: {},
    },
  });
  const second = builder.accessor('VEC2', Float32Array.of(0, 0, 2, 0, 0, 2));
  const colors = builder.accessor('VEC4', Float32Array.of(1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1));
  const normal = builder.accessor('VEC3', Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1));
  const tangent = builder.accessor('VEC4', Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, -1));
  const attributes = { TEXCOORD_1: second, COLOR_0: colors, NORMAL: normal };
  const indices = builder.accessor('SCALAR', Uint16Array.of(0, 1, 2, 2, 1, 0));
  builder.node({ name: 'A', mesh: builder.triangle({ material, indices }, attributes) });
  builder.node({ name: 'B', mesh: builder.triangle({ material, mode: 5 }, { ...attributes, TANGENT: tangent }) });
  builder.node({
    matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 2, 0, 0, 1],
    mesh: builder.triangle({ material: old }),
  });
  builder.push('cameras', { type: 'perspective', perspective: { yfov: 0.7, aspectRatio: 1.5 }, name: 'lens' });
  builder.push('cameras', { type: 'orthographic', orthographic: { xmag: 2, ymag: 1, znear: 0.1, zfar: 10 } });
  builder.node({ name: 'Hero', camera: 0, translation: [0, 0, 5] });
  builder.node({ camera: 1, rotation: [0, 0.7071, 0, 0.7071] });
  builder.json['extensionsUsed'] = ['KHR_lights_punctual', 'KHR_texture_transform', 'KHR_materials_ior'];
  builder.json['extensions'] = {
    KHR_lights_punctual: {
      lights: [
        {
          type: 'spot',
          color: [1, 1, 0.5],
          intensity: 10,
          range: 9,
          spot: { innerConeAngle: 0.1, outerConeAngle: 0.5 },
        },
        { type: 'directional', intensity: 2 },
        { type: 'point' },
      ],
    },
  };
  for (const light of [0, 1, 2])
    builder.node({ translation: [0, 2, light], extensions: { KHR_lights_punctual: { light } } });
  return builder;
}

function skinned(): GltfBuilder {
  const builder = new GltfBuilder();
  const joints = builder.accessor('VEC4', Uint16Array.of(0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0));
  const weights = builder.accessor('VEC4', Float32Array.of(0.5, 0.5, 0, 0, 1, 0, 0, 0, 0.2, 0.8, 0, 0));
  const tip = builder.node({ translation: [0, 1, 0] }, false);
  const bone = builder.node({ children: [tip] });
  const inverse = new Float32Array(32);
  for (let i = 0; i < 32; i += 5) inverse[i < 16 ? i : i] = 1;
  for (const at of [0, 5, 10, 15, 16, 21, 26, 31]) inverse[at] = 1;
  const skin = builder.push('skins', {
    joints: [bone, tip],
    inverseBindMatrices: builder.accessor('MAT4', inverse),
    skeleton: bone,
  });
  builder.node({ mesh: builder.triangle({}, { JOINTS_0: joints, WEIGHTS_0: weights }), skin });
  builder.animation('wave', [
    { node: tip, path: 'rotation', times: [0, 0.5, 1], values: [0, 0, 0, 1, 0, 0, 0.7, 0.7, 0, 0, 0, 1] },
    { node: bone, path: 'translation', times: [0, 1], values: [0, 0, 0, 1, 0, 0], interpolation: 'STEP' },
  ]);
  return builder;
}

function morphing(): GltfBuilder {
  const builder = new GltfBuilder();
  const to = (x: number) => builder.accessor('VEC3', Float32Array.of(x, 0, 0, 0, x, 0, 0, 0, x));
  const targets = [{ POSITION: to(1), NORMAL: to(0.1) }, { POSITION: to(-1) }];
  const mesh = builder.triangle({ targets }, { NORMAL: to(1) });
  builder.json['meshes'][mesh].weights = [0.5, 0.25];
  const node = builder.node({ mesh, weights: [0.1, 0.2], scale: [1, 2, 1] });
  const cubic = Array.from({ length: 3 * 2 * 3 }, (_, i) => i / 10);
  builder.animation(undefined, [
    { node, path: 'weights', times: [0, 1], values: [0, 1, 1, 0] },
    { node, path: 'scale', times: [0, 1], values: cubic, interpolation: 'CUBICSPLINE' },
  ]);
  return builder;
}

function instanced(): GltfBuilder {
  const builder = new GltfBuilder();
  const attributes = {
    TRANSLATION: builder.accessor('VEC3', Float32Array.of(0, 0, 0, 2, 0, 0, 4, 0, 0)),
    ROTATION: builder.accessor('VEC4', Float32Array.of(0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0)),
    SCALE: builder.accessor('VEC3', Float32Array.of(1, 1, 1, 2, 2, 2, -1, 1, 1)),
  };
  const child = builder.node(
    { mesh: builder.triangle(), extensions: { KHR_node_visibility: { visible: true } } },
    false,
  );
  builder.node({
    children: [child],
    mesh: builder.triangle(),
    extensions: { EXT_mesh_gpu_instancing: { attributes } },
  });
  builder.json['extensionsUsed'] = ['EXT_mesh_gpu_instancing', 'KHR_node_visibility'];
  builder.json['extensionsRequired'] = ['EXT_mesh_gpu_instancing'];
  return builder;
}

function sparse(): GltfBuilder {
  const builder = new GltfBuilder();
  const indices = builder.view(Uint8Array.of(1, 0, 2, 0));
  const values = builder.view(new Uint8Array(Float32Array.of(1, 0, 0, 0, 1, 0).buffer));
  const position = builder.push('accessors', {
    componentType: 5126,
    count: 3,
    type: 'VEC3',
    sparse: { count: 2, indices: { bufferView: indices, componentType: 5123 }, values: { bufferView: values } },
  });
  const packed = builder.accessor('VEC3', Int16Array.of(32767, 0, 0, 0, 0, 32767, 0, 0, 0, 0, 32767, 0), {
    normalized: true,
    count: 3,
  });
  builder.json['bufferViews'][builder.json['accessors'][packed].bufferView].byteStride = 8;
  builder.node({
    mesh: builder.push('meshes', { primitives: [{ attributes: { POSITION: position, NORMAL: packed } }] }),
  });
  builder.node({ mesh: builder.push('meshes', { primitives: [{ attributes: { POSITION: packed }, mode: 6 }] }) });
  builder.json['extensionsUsed'] = ['KHR_mesh_quantization'];
  return builder;
}
