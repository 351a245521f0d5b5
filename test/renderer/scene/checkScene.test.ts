import assert from 'node:assert/strict';
import { checkScene } from '../../../renderer/scene/checkScene.js';
import { loadScene } from '../../../renderer/scene/loadScene.js';
import { folderOf, GltfBuilder } from './GltfBuilder.js';
import { loadBuilt } from './viewOf.js';

async function unsupportedOf(builder: GltfBuilder): Promise<string[]> {
  return checkScene(await loadBuilt(builder)).unsupported.map((problem) => `${problem.name} @ ${problem.where}`);
}

function withMaterial(material: Record<string, unknown>): GltfBuilder {
  const builder = new GltfBuilder();
  builder.node({ mesh: builder.triangle({ material: builder.push('materials', { name: 'Paint', ...material }) }) });
  return builder;
}

describe('checkScene', () => {
  it('has nothing to say about what is drawn in full', async () => {
    const builder = withMaterial({
      extensions: {
        KHR_materials_emissive_strength: { emissiveStrength: 2 },
        KHR_materials_transmission: { transmissionFactor: 1 },
        KHR_materials_volume: { thicknessFactor: 1 },
        KHR_materials_ior: { ior: 1.4 },
        // Present, as exporters write them, and without effect.
        KHR_materials_clearcoat: { clearcoatFactor: 0 },
        KHR_materials_specular: { specularFactor: 0.5, specularColorFactor: [1, 0, 0] },
        KHR_materials_sheen: {},
        KHR_materials_iridescence: { iridescenceFactor: 0 },
      },
    });
    assert.deepEqual(checkScene(await loadBuilt(builder)), { missing: [], unsupported: [] });
  });

  for (const [name, fields] of Object.entries({
    KHR_materials_clearcoat: { clearcoatFactor: 1 },
    KHR_materials_sheen: { sheenColorFactor: [1, 0, 0] },
    KHR_materials_volume: { thicknessFactor: 1, attenuationDistance: 2, attenuationColor: [1, 0, 0] },
    KHR_materials_iridescence: { iridescenceFactor: 1 },
    KHR_materials_anisotropy: { anisotropyStrength: 0.5 },
    KHR_materials_dispersion: { dispersion: 1 },
    KHR_materials_pbrSpecularGlossiness: {},
    VENDOR_glitter: {},
  })) {
    it(`names ${name} with its material`, async () => {
      const { unsupported } = checkScene(await loadBuilt(withMaterial({ extensions: { [name]: fields } })));
      assert.deepEqual(
        unsupported.map((problem) => [problem.name, problem.where]),
        [[name, 'material "Paint"']],
      );
      assert.ok((unsupported[0]?.consequence ?? '').length > 10);
    });
  }

  it('says that a transmitting material without volume is drawn as a body', async () => {
    assert.deepEqual(
      await unsupportedOf(withMaterial({ extensions: { KHR_materials_transmission: { transmissionFactor: 0.5 } } })),
      ['KHR_materials_transmission without KHR_materials_volume @ material "Paint"'],
    );
  });

  it('leaves out materials that nothing uses', async () => {
    const builder = withMaterial({});
    builder.push('materials', { name: 'Unused', extensions: { KHR_materials_clearcoat: { clearcoatFactor: 1 } } });
    assert.deepEqual(await unsupportedOf(builder), []);
  });

  it('names a material extension that is required without refusing the scene', async () => {
    const builder = withMaterial({ extensions: { KHR_materials_clearcoat: { clearcoatFactor: 1 } } });
    builder.json['extensionsUsed'] = builder.json['extensionsRequired'] = ['KHR_materials_clearcoat'];
    assert.deepEqual(await unsupportedOf(builder), ['KHR_materials_clearcoat @ material "Paint"']);
  });

  it('names points, lines, textures of unknown kinds, third texture coordinates and animated properties', async () => {
    const builder = new GltfBuilder();
    const position = builder.accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0));
    builder.push('images', {
      bufferView: builder.view(Uint8Array.of(0xab, 0x4b, 0x54, 0x58, 0x20)),
      mimeType: 'image/ktx2',
    });
    builder.push('textures', { extensions: { KHR_texture_basisu: { source: 0 } } });
    builder.push('textures', { source: 0 });
    builder.push('materials', {
      pbrMetallicRoughness: { baseColorTexture: { index: 0 } },
      emissiveTexture: { index: 1 },
    });
    builder.node({
      name: 'Dots',
      mesh: builder.push('meshes', {
        name: 'Dots',
        primitives: [
          { attributes: { POSITION: position }, mode: 0 },
          { attributes: { POSITION: position }, mode: 3 },
        ],
      }),
      extensions: { EXT_lights_ies: {} },
    });
    builder.node({ mesh: builder.triangle({ material: 0 }) });
    builder.push('animations', {
      name: 'glow',
      samplers: [{ input: position, output: position }],
      channels: [{ sampler: 0, target: { path: 'pointer', extensions: {} } }],
    });
    assert.deepEqual(await unsupportedOf(builder), [
      'KHR_texture_basisu @ material 0, base colour',
      'KTX2 image @ material 0, emission',
      'points @ mesh "Dots", primitive 0',
      'lines @ mesh "Dots", primitive 1',
      'EXT_lights_ies @ node "Dots"',
      'KHR_animation_pointer @ animation "glow"',
    ]);
  });

  it('names every missing file at once', async () => {
    const builder = withMaterial({
      pbrMetallicRoughness: { baseColorTexture: { index: 0 } },
      normalTexture: { index: 1 },
    });
    builder.json['images'] = [{ uri: 'textures/wood.png' }, { uri: 'textures/bumps.jpg' }];
    builder.json['textures'] = [{ source: 0 }, { source: 1 }];
    const loaded = await loadScene({
      entry: 'scene.gltf',
      read: folderOf({ 'scene.gltf': builder.files()['scene.gltf'] as Uint8Array }).read,
    });
    assert.deepEqual(
      checkScene(loaded).missing.map((problem) => [problem.name, problem.where]),
      [
        ['scene.bin', 'buffers[0]'],
        ['textures/wood.png', 'images[0]'],
        ['textures/bumps.jpg', 'images[1]'],
      ],
    );
  });
});
