import assert from 'node:assert/strict';
import type { PosedScene } from '../../renderer/scene/PosedScene.js';
import { prepareScene } from '../../renderer/scene/prepare/prepareScene.js';
import { environmentOf, lamp, material, posedOf, quad } from '../support/posedFixtures.js';

// A scene with extreme numbers made NaN in prepared tables. Its bits, and with them the prepared scene's hash, differ
// between x86 (0xffc00000) and ARM (0x7fc00000), so that an artist could make honest workers disagree with honest
// verifiers.

const FLOOR = { corners: quad([-1, -1, 0], [2, 0, 0], [0, 2, 0]), material: 0 };

function sceneWith(changes: Partial<PosedScene>): PosedScene {
  return { ...posedOf({ pieces: [FLOOR], materials: [material()] }), ...changes };
}

/** Words of the tables that are NaN when read as floats, those that mark absence (0xffffffff) left out. */
function nanWords(bytes: Uint8Array): number[] {
  return [...new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)].filter(
    (word) => (word & 0x7fffffff) > 0x7f800000 && word !== 0xffffffff,
  );
}

describe('a prepared scene', () => {
  it('holds no NaN, however bright the lights', () => {
    const bright = [
      sceneWith({
        environment: { ...environmentOf(8, 4, (column) => [column === 3 ? 3e38 : 0, 0, 0]), intensity: 1e6 },
      }),
      sceneWith({ environment: environmentOf(8, 4, () => [3e38, 3e38, 3e38]) }),
      sceneWith({
        lights: [lamp({ color: [1e308, 1e308, 1e308] }), lamp({ kind: 'directional', color: [1e308, 0, 0] })],
      }),
      sceneWith({ materials: [material({ emissive: [1e308, 1e308, 1e308] })] }),
    ];
    for (const scene of bright)
      for (const [name, bytes] of Object.entries(prepareScene(scene).buffers))
        assert.deepEqual(nanWords(bytes), [], name);
  });

  it('is refused by name where a number is not finite', () => {
    const { camera } = sceneWith({});
    const turned = camera.worldFromCamera.slice();
    turned[12] = NaN;
    assert.throws(() => prepareScene(sceneWith({ colors: new Float32Array(24).fill(NaN) })), /Number 0 of the colors/);
    assert.throws(() => prepareScene(sceneWith({ uv0: new Float32Array(12).fill(Infinity) })), /Number 0 of the uv0/);
    assert.throws(
      () => prepareScene(sceneWith({ camera: { ...camera, worldFromCamera: turned } })),
      /Number 12 of the camera/,
    );
    assert.throws(
      () => prepareScene(sceneWith({ lights: [lamp({ position: [0, NaN, 0] })] })),
      /Number 4 of the light 0/,
    );
    assert.throws(
      () => prepareScene(sceneWith({ materials: [material({ emissive: [NaN, 0, 0] })] })),
      /of the material 0/,
    );
  });
});
