import type { PosedLight, PosedMaterial, PosedScene, PosedTexture } from '../../renderer/scene/PosedScene.js';
import { crowdedScene } from './crowdedScene.js';
import { ball, cameraAt, environmentOf, lamp, material, posedOf, quad } from './posedFixtures.js';

type Vector = [number, number, number];

/** Scenes that nobody models on purpose and somebody will send, by what is ugly about them. */
export const UGLY_SCENES: ReadonlyMap<string, () => PosedScene> = new Map([
  ['a bit of everything', crowdedScene],
  ...[1e-9, 1e-6, 1e-3, 1e6, 2e8].map((scale): [string, () => PosedScene] => [
    `a scene ${scale} metres large`,
    () => scaled(scale),
  ]),
  ...[1e3, 1e6].map((distance): [string, () => PosedScene] => [
    `a scene ${distance} metres from the origin`,
    () => scaled(1, distance),
  ]),
  ['degenerate triangles', () => withSurface(material(), degenerate())],
  ['slivers', () => withSurface(material(), slivers())],
  ['triangles upon triangles', () => withSurface(material({ roughness: 0.3 }), [...floor(), ...floor(), ...floor()])],
  ['a black world', () => withSurface(material({ baseColor: [0, 0, 0, 1] }))],
  ['nearly black', () => withSurface(material({ baseColor: [1e-30, 1e-20, 1e-38, 1], roughness: 0.1 }))],
  ['black metal', () => withSurface(material({ baseColor: [0, 0, 0, 1], metallic: 1, roughness: 0.3 }))],
  ...[0, 1e-3, 0.021, 0.3, 1].flatMap((roughness) =>
    [1, 1.5, 1000].flatMap((ior): [string, () => PosedScene][] => [
      [`ior ${ior}, roughness ${roughness}`, () => withSurface(material({ roughness, ior }))],
      [`glass of ior ${ior}, roughness ${roughness}`, () => withSurface(material({ roughness, ior, transmission: 1 }))],
    ]),
  ),
  ['a metal mirror', () => withSurface(material({ metallic: 1, roughness: 0 }))],
  ['light without area', () => withSurface(material({ emissive: [5, 5, 5] }), [...degenerate(), ...slivers()])],
  ['faint light', () => withSurface(material({ emissive: [1e-30, 1e-38, 1e-20] }))],
  ['blinding light', () => withSurface(material({ emissive: [1e20, 1e10, 1e5] }))],
  ['lamps beyond reason', () => ({ ...withSurface(material({ roughness: 0.2 })), lights: lamps() })],
  ['a sky of one texel of light', () => ({ ...withSurface(material({ roughness: 0.1 })), environment: oneTexel() })],
  ['a faint sky', () => ({ ...withSurface(material()), environment: environmentOf(8, 4, () => [1e-37, 1e-30, 0]) })],
  ...[1e3, 1e7, 1e12, 1e30].map((far): [string, () => PosedScene] => [
    `texture coordinates of ${far}`,
    () => textured(far),
  ]),
  ['see-through layers', () => layered()],
]);

const FLOOR_SIZE = 6;
function floor(): Vector[] {
  return quad([-3, -0.6, 3], [FLOOR_SIZE, 0, 0], [0, 0, -FLOOR_SIZE]);
}

/** A ball and more of a material over a floor, in front of a grey sky, with a lamp. */
function withSurface(surface: PosedMaterial, more: Vector[] = []): PosedScene {
  return posedOf({
    pieces: [
      { corners: floor(), material: 0 },
      { corners: ball(0.6, 2), material: 1 },
      { corners: more, material: 1 },
    ],
    materials: [material({ roughness: 0.5 }), surface],
    lights: [lamp({ position: [1, 2, 1], color: [5, 5, 5] })],
    environment: environmentOf(8, 4, (x, y) => [0.1 * x, 0.2 * y, 0.3]),
    camera: cameraAt([0, 0.6, 2.4], [0, -0.1, 0], { fovYRadians: 0.8 }),
  });
}

function scaled(scale: number, away = 0): PosedScene {
  const posed = crowdedScene();
  const place = ([x, y, z]: Vector): Vector => [x * scale + away, y * scale - away, z * scale + away];
  const camera = cameraAt(place([0, 0.5, 4]), place([0, -0.2, 0]), { fovYRadians: 0.8 });
  const positions = posed.positions.map((x, i) => x * scale + (i % 3 === 1 ? -away : away));
  const lights = posed.lights.map((light): PosedLight => ({ ...light, position: place(light.position as Vector) }));
  return { ...posed, positions, lights, camera, geometryKey: `${scale} ${away}` };
}

function degenerate(): Vector[] {
  const point: Vector = [0.2, 0.3, 0.7];
  return [
    ...[point, point, point],
    ...[[-1, 0.3, 0.5] as Vector, [1, 0.3, 0.5] as Vector, [0, 0.3, 0.5] as Vector],
    ...[[0, 0, 0] as Vector, [0, 0, 0] as Vector, [0, 1, 1] as Vector],
  ];
}

function slivers(): Vector[] {
  return [1e-3, 1e-7, 1e-12, 1e-20, 1e-30, 1e-38].flatMap((thin, i): Vector[] => [
    [-1, 0.1 * i, 0.6],
    [1, 0.1 * i, 0.6],
    [1, 0.1 * i + thin, 0.6],
    [-1, 0.1 * i, 0.8],
    [-1 + thin, 0.1 * i, 0.8],
    [-1, 0.1 * i, 0.8 + thin],
  ]);
}

function lamps(): PosedLight[] {
  return [
    lamp({ position: [0, -0.6, 0] }),
    lamp({ position: [0, 1e6, 0], color: [1e12, 1e12, 1e12] }),
    lamp({ position: [0, 1, 0], color: [1e-30, 0, 1e-38] }),
    lamp({ position: [0, 1, 0], range: 1e-6 }),
    lamp({ kind: 'spot', position: [0, 2, 0], direction: [0, -1, 0], innerConeCos: 1, outerConeCos: 1 }),
    lamp({ kind: 'directional', direction: [0, -1, 0], color: [1e-3, 1e3, 1e-12] }),
  ];
}

function oneTexel(): PosedScene['environment'] {
  return environmentOf(64, 32, (x, y) => (x === 5 && y === 4 ? [1e4, 1e4, 1e4] : [0, 0, 0]));
}

function textured(far: number): PosedScene {
  const wraps = ['repeat', 'mirror', 'clamp'] as const;
  const textures = wraps.map((wrap): PosedTexture => ({
    width: 3,
    height: 5,
    wrapS: wrap,
    wrapT: wrap,
    srgb: true,
    filter: wrap === 'clamp' ? 'nearest' : 'linear',
    rgba: Uint8Array.from({ length: 60 }, (_, i) => (i * 41) % 256),
  }));
  const corners = quad([-2, -0.6, 2], [4, 0, 0], [0, 0, -4]);
  return posedOf({
    pieces: wraps.map((_, index) => ({
      corners: corners.map(([x, y, z]): Vector => [x + 0.4 * index, y + 0.3 * index, z]),
      material: index,
      uvs: corners.map(([x, , z]): [number, number] => [x * far, -z * far]),
    })),
    materials: wraps.map((_, texture) =>
      material({ baseColorTexture: { texture, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] }, alphaMode: 'blend' }),
    ),
    textures,
    environment: environmentOf(4, 2, () => [1, 1, 1]),
    camera: cameraAt([0, 1.5, 2.4], [0, -0.1, 0], { fovYRadians: 0.8 }),
  });
}

function layered(): PosedScene {
  const alphas = [0, 1e-38, 1e-9, 0.3, 0.5, 0.999999, 1, 0.2];
  return posedOf({
    pieces: [
      { corners: floor(), material: alphas.length },
      ...alphas.map((_, i) => ({ corners: quad([-2, 0.1 * i - 0.3, 2], [4, 0, 0], [0, 0, -4]), material: i })),
    ],
    materials: [
      ...alphas.map((alpha) => material({ baseColor: [0.8, 0.5, 0.2, alpha], alphaMode: 'blend' })),
      material(),
    ],
    lights: [lamp({ position: [0, 2, 0], color: [9, 9, 9] })],
    camera: cameraAt([0, 1.2, 3], [0, 0, 0], { fovYRadians: 0.8 }),
  });
}
