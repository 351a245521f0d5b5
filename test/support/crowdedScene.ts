import type { PosedScene, PosedTexture } from '../../renderer/scene/PosedScene.js';
import { ball, cameraAt, environmentOf, lamp, material, posedOf, quad } from './posedFixtures.js';

/** A small scene with everything in it. */
export function crowdedScene(): PosedScene {
  const checker: PosedTexture = {
    width: 2,
    height: 2,
    wrapS: 'repeat',
    wrapT: 'mirror',
    srgb: true,
    filter: 'linear',
    rgba: Uint8Array.from([255, 0, 0, 255, 0, 255, 0, 40, 0, 0, 255, 255, 200, 200, 200, 128]),
  };
  const slot = {
    texture: 0,
    uvSet: 0 as const,
    transform: [3, 0, 0, 3, 0.1, 0.2] as [number, number, number, number, number, number],
  };
  const uvs = (corners: unknown[]): [number, number][] =>
    corners.map(
      (_, i) =>
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
          [1, 1],
          [0, 1],
        ][i % 6] as [number, number],
    );
  const floor = quad([-3, -1, 3], [6, 0, 0], [0, 0, -6]);
  const screen = quad([-1.5, -1, 1], [2, 0, 0], [0, 1.5, 0]);
  const moved = (by: number) => ball(0.6, 2).map(([x, y, z]): [number, number, number] => [x + by, y - 0.3, z]);
  return posedOf({
    pieces: [
      { corners: floor, material: 0, uvs: uvs(floor) },
      { corners: screen, material: 1, uvs: uvs(screen) },
      { corners: moved(-0.9), material: 2 },
      { corners: moved(0.5), material: 3, normals: moved(0) },
      { corners: quad([-0.3, 1.6, -0.3], [0.6, 0, 0], [0, 0, 0.6]), material: 4 },
    ],
    materials: [
      material({
        baseColorTexture: slot,
        normalTexture: { ...slot, transform: [1, 0, 0, 1, 0, 0] },
        metallicRoughnessTexture: slot,
        roughness: 0.7,
      }),
      material({ baseColorTexture: slot, alphaMode: 'blend' }),
      material({ transmission: 1, roughness: 0.2, doubleSided: false }),
      material({ metallic: 1, roughness: 0.1, baseColor: [0.9, 0.5, 0.2, 1] }),
      material({ emissive: [9, 8, 7], emissiveTexture: slot, doubleSided: false }),
    ],
    textures: [checker],
    lights: [lamp({ position: [2, 2, 2], color: [4, 4, 4] })],
    environment: environmentOf(16, 8, (column, row) => [column === 3 && row === 2 ? 50 : 0.3, 0.3, 0.4]),
    background: { kind: 'environment' },
    camera: cameraAt([0, 0.5, 4], [0, -0.2, 0], { fovYRadians: 0.8 }),
  });
}
