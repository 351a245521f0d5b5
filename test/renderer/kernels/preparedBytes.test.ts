import assert from 'node:assert/strict';
import { frameWithSettings } from '../../../renderer/scene/prepare/frameWithSettings.js';
import { PREPARED_BINDINGS, prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import type { PosedMaterial, PosedScene, PosedTexture, TextureSlot } from '../../../renderer/scene/PosedScene.js';
import { FRAME, FRAME_WORDS, MATERIAL, MATERIAL_WORDS } from '../../../renderer/kernels/generated/layout.js';
import { hexOfBytes } from '../../../protocol/bytes.js';
import { sha256 } from '../../../protocol/sha256.js';
import { environmentOf, lamp, material, posedOf, quad } from '../../support/posedFixtures.js';

// One scene with everything that packers write, and the hash of every buffer. A change of these hashes is a change of
// what the kernel reads: right when the layout was meant to change, and a fault in a packer otherwise. Nothing here may
// go through Math.hypot, Math.cos and the like, whose last bits differ between machines.

const texture = (index: number, changes: Partial<PosedTexture>): PosedTexture => ({
  width: 2 + index,
  height: 3,
  wrapS: 'repeat',
  wrapT: 'repeat',
  srgb: index === 0,
  filter: 'linear',
  rgba: Uint8Array.from({ length: (2 + index) * 12 }, (_, i) => (i * 37 + index * 11) % 256),
  ...changes,
});
const slot = (index: number, uvSet: 0 | 1, turn: number): TextureSlot => ({
  texture: index,
  uvSet,
  transform: [1, 0.25 * turn, -0.5, 1.5, 0.125, turn],
});

function sceneOfEverything(): PosedScene {
  const materials: PosedMaterial[] = [
    material({
      alphaMode: 'mask',
      alphaCutoff: 0.3,
      baseColor: [0.9, 0.8, 0.7, 0.6],
      baseColorTexture: slot(0, 1, 1),
      normalTexture: slot(1, 0, 2),
      normalScale: 0.7,
    }),
    material({ emissive: [1, 2, 3], emissiveTexture: slot(2, 1, 3), roughness: 0.25 }),
    material({
      alphaMode: 'blend',
      doubleSided: false,
      metallicRoughnessTexture: slot(1, 0, 1),
      transmissionTexture: slot(0, 0, 2),
      transmission: 0.4,
      ior: 1,
      specular: 0.5,
      specularColor: [0.2, 0.4, 1.5],
      specularTexture: slot(2, 1, 1),
      specularColorTexture: slot(0, 0, 3),
    }),
    material({ unlit: true, metallic: 0.3, doubleSided: false }),
  ];
  const posed = posedOf({
    pieces: materials.map((_, index) => ({
      corners: [...quad([index, 0, 0], [1, 0, 0.25], [0, 1, 0]), ...quad([0, index, 1], [2, 0, 0], [0.5, 1, -2])],
      material: index,
      uvs: Array.from({ length: 12 }, (__, i): [number, number] => [i / 8, (11 - i) / 16]),
      normals: Array.from({ length: 12 }, (__, i): [number, number, number] => [0.6, i % 2 ? 0.8 : -0.8, 0]),
    })),
    materials,
    textures: [
      texture(0, {}),
      texture(1, { wrapS: 'clamp', wrapT: 'mirror' }),
      texture(2, { wrapS: 'mirror', wrapT: 'clamp', filter: 'nearest' }),
    ],
    lights: [
      lamp({ range: 3, position: [1, 2, 3] }),
      lamp({ kind: 'spot', innerConeCos: 0.9, outerConeCos: 0.7, color: [3, 2, 1] }),
      lamp({ kind: 'directional', color: [0.5, 0.6, 0.7], direction: [0, -0.6, -0.8] }),
    ],
    environment: environmentOf(8, 4, (x, y) => [x, y, x * y]),
    background: { kind: 'color', rgb: [0.1, 0.2, 0.3] },
    camera: {
      kind: 'perspective',
      worldFromCamera: Float64Array.from([0.6, 0, 0.8, 0, 0, 2, 0, 0, -0.8, 0, 0.6, 0, 4, 5, 6, 1]),
      fovYRadians: 0.7,
      aspect: 1.5,
    },
  });
  const { triangleCount } = posed;
  return {
    ...posed,
    tangents: Float32Array.from({ length: 12 * triangleCount }, (_, i) =>
      i % 4 === 3 ? (i % 8 === 3 ? 1 : -1) : ((i * 7) % 9) - 4,
    ),
    uv1: Float32Array.from({ length: 6 * triangleCount }, (_, i) => ((i * 7) % 13) / 16),
    colors: Float32Array.from({ length: 12 * triangleCount }, (_, i) => ((i * 5) % 11) / 16),
  };
}

const shortHash = (bytes: Uint8Array): string => hexOfBytes(sha256(bytes)).slice(2, 18);
const hashesOf = (posed: PosedScene): Record<string, string> => {
  const { buffers } = prepareScene(posed);
  return Object.fromEntries(PREPARED_BINDINGS.map((name) => [name, shortHash(buffers[name]!)]));
};

describe('the bytes that prepare writes', () => {
  it('for a scene of everything', () => {
    assert.deepEqual(hashesOf(sceneOfEverything()), {
      frame: 'a2ce682b849d3a65',
      bvhNodes: 'fa40f7fcba521c54',
      packets: '3dd65db469e20d33',
      surfaces: 'a3a579c40b24e589',
      materials: '3142655216b26c4d',
      tables: 'eee9407d71aa5e67',
      texels: 'f74af65e04615e8d',
    });
  });

  it('leave no member of a frame or a material empty in it', () => {
    const { buffers } = prepareScene(sceneOfEverything());
    const empty = (bytes: Uint8Array, words: number, members: Record<string, number>): string[] => {
      const numbers = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      const starts = Object.values(members).concat(words);
      return Object.keys(members).filter((_, member) =>
        numbers.every((word, at) => word === 0 || at % words < starts[member]! || at % words >= starts[member + 1]!),
      );
    };
    const settings = ['seed', 'frame', 'bounces', 'width', 'height'];
    // The table of albedos lies first, at 0; only a sky in shared exponents has radiances.
    assert.deepEqual(empty(buffers['frame']!, FRAME_WORDS, FRAME), [
      ...settings,
      'albedoTable',
      'environmentRadiances',
    ]);
    assert.deepEqual(empty(buffers['materials']!, MATERIAL_WORDS, MATERIAL), ['padding']);
  });

  it('without colours, sky and background, seen by an orthographic camera', () => {
    const posed = sceneOfEverything();
    const { worldFromCamera } = posed.camera;
    assert.deepEqual(
      hashesOf({
        ...posed,
        colors: null,
        environment: null,
        background: { kind: 'transparent' },
        camera: { kind: 'orthographic', worldFromCamera, xmag: 2, ymag: 3 },
      }),
      {
        frame: 'd590764d7e4bb81d',
        bvhNodes: 'fa40f7fcba521c54',
        packets: '3dd65db469e20d33',
        surfaces: 'b0353c03b4497145',
        materials: '205e72a944f74bb8',
        tables: '5e01be18f12af03a',
        texels: 'f74af65e04615e8d',
      },
    );
  });

  it('with the settings of a request', () => {
    const { buffers } = prepareScene(sceneOfEverything());
    const frame = frameWithSettings(buffers['frame']!, { seed: 77, frame: 5, bounces: 9, width: 640, height: 360 });
    assert.equal(shortHash(frame), '00a300292a0bb2c1');
  });
});
