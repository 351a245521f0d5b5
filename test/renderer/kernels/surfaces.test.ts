import assert from 'node:assert/strict';
import { prepareScene } from '../../../renderer/scene/prepare/prepareScene.js';
import type { PosedScene, PosedTexture, TextureSlot } from '../../../renderer/scene/PosedScene.js';
import { statisticsSeed } from '../../support/chiSquared.js';
import { randomNumbers } from '../../support/randomNumbers.js';
import { kernelUnderTest } from '../../support/kernelUnderTest.js';
import { material, posedOf, unit } from '../../support/posedFixtures.js';

type Vector = [number, number, number];
interface Vertex {
  position: number[];
  geometric: number[];
  normal: number[];
  front: boolean;
  uv0: number[];
  uv1: number[];
  color: number[];
  triangle: number;
  material: number;
}

/** One triangle in the plane z = 0, with every attribute. */
function oneTriangle(changes: Parameters<typeof material>[0], textures: PosedTexture[] = []): PosedScene {
  const posed = posedOf({
    pieces: [
      {
        corners: [
          [0, 0, 0],
          [1, 0, 0],
          [0, 1, 0],
        ],
        material: 0,
        uvs: [
          [0, 0],
          [2, 0],
          [0, 4],
        ],
      },
    ],
    materials: [material(changes)],
    textures,
  });
  return {
    ...posed,
    uv1: Float32Array.from([1, 1, 3, 1, 1, 5]),
    colors: Float32Array.from([1, 0, 0, 1, 0, 1, 0, 0.5, 0, 0, 1, 0]),
  };
}

function vertexOf(posed: PosedScene, u: number, v: number, direction: Vector): Vertex {
  return kernelUnderTest(prepareScene(posed)).call(
    'vertexAt',
    { distance: 1, u, v, triangle: 0 },
    direction,
  ) as unknown as Vertex;
}

function assertVector(actual: number[], expected: number[], tolerance = 1e-5): void {
  expected.forEach((x, i) => assert.ok(Math.abs(actual[i]! - x) <= tolerance, `${actual} for ${expected}`));
}

describe('what a ray meets', () => {
  it('interpolates position, both sets of texture coordinates and colours', () => {
    const vertex = vertexOf(oneTriangle({}), 0.25, 0.5, [0, 0, -1]);
    assertVector(vertex.position, [0.25, 0.5, 0]);
    assertVector(vertex.uv0, [0.5, 2]);
    assertVector(vertex.uv1, [1.5, 3]);
    assertVector(vertex.color, [0.25, 0.25, 0.5, 0.375]);
    assert.equal(vertex.front, true);
    assertVector(vertex.geometric, [0, 0, 1]);
  });

  it('turns the normals to the side that is seen', () => {
    const vertex = vertexOf(oneTriangle({}), 0.25, 0.5, unit([0.2, 0.1, 1]));
    assert.equal(vertex.front, false);
    assertVector(vertex.geometric, [0, 0, -1]);
    assertVector(vertex.normal, [0, 0, -1]);
  });

  for (const [tangent, expected] of [
    [
      [1, 0, 0, 1],
      [0.6, 0, 0.8],
    ],
    [
      [0, 1, 0, 1],
      [0, 0.6, 0.8],
    ],
    [
      [1, 0, 0, -1],
      [0.6, 0, 0.8],
    ],
  ] as const) {
    it(`maps a normal along the tangent ${tangent.join(', ')}`, () => {
      // The texel leans towards +u and, in the last part, towards +v.
      const slot: TextureSlot = { texture: 0, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] };
      const texture = (x: number, y: number, z: number): PosedTexture => ({
        width: 1,
        height: 1,
        wrapS: 'repeat',
        wrapT: 'repeat',
        srgb: false,
        filter: 'linear',
        rgba: Uint8Array.from([x, y, z].map((c) => Math.round((c * 0.5 + 0.5) * 255)).concat(255)),
      });
      const tangents = Float32Array.from([...tangent, ...tangent, ...tangent]);
      const mapped = (texel: PosedTexture): number[] =>
        vertexOf({ ...oneTriangle({ normalTexture: slot }, [texel]), tangents }, 0.3, 0.3, [0, 0, -1]).normal;
      assertVector(mapped(texture(0.6, 0, 0.8)), [...expected], 0.01);
      // The bitangent is cross(normal, tangent) times the sign.
      const [x, y] = [-tangent[1] * tangent[3], tangent[0] * tangent[3]];
      assertVector(mapped(texture(0, 0.6, 0.8)), [0.6 * x, 0.6 * y, 0.8], 0.01);
    });
  }

  it('keeps tangents to 1e-4 through their packing, in every direction', () => {
    const random = randomNumbers(statisticsSeed);
    const slot: TextureSlot = { texture: 0, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] };
    const lean: PosedTexture = {
      width: 1,
      height: 1,
      wrapS: 'repeat',
      wrapT: 'repeat',
      srgb: false,
      filter: 'linear',
      rgba: Uint8Array.from([200, 128, 255, 255]),
    };
    for (let i = 0; i < 60; i++) {
      // A triangle in a random plane with a tangent in it: the mapped normal lies between normal and tangent.
      const normal = unit([random() - 0.5, random() - 0.5, random() - 0.5]);
      const other = unit([random() - 0.5, random() - 0.5, random() - 0.5]);
      const along = unit([
        normal[1] * other[2] - normal[2] * other[1],
        normal[2] * other[0] - normal[0] * other[2],
        normal[0] * other[1] - normal[1] * other[0],
      ]);
      const across: Vector = [
        normal[1] * along[2] - normal[2] * along[1],
        normal[2] * along[0] - normal[0] * along[2],
        normal[0] * along[1] - normal[1] * along[0],
      ];
      const posed = posedOf({
        pieces: [{ corners: [[0, 0, 0], along, across], material: 0 }],
        materials: [material({ normalTexture: slot })],
        textures: [lean],
      });
      const tangents = Float32Array.from([0, 1, 2].flatMap(() => [...along, 1]));
      const vertex = vertexOf({ ...posed, tangents }, 0.3, 0.3, [-normal[0], -normal[1], -normal[2]]);
      const [x, y] = [200 / 127.5 - 1, 128 / 127.5 - 1];
      assertVector(
        vertex.normal,
        unit([0, 1, 2].map((axis) => along[axis]! * x + across[axis]! * y + normal[axis]!) as Vector),
        1e-4,
      );
    }
  });

  it('bends shading normals so that the mirror direction stays above the triangle', () => {
    const random = randomNumbers(statisticsSeed + 1);
    const kernel = kernelUnderTest(
      prepareScene({
        ...oneTriangle({}),
        normals: Float32Array.from(
          [0.9, 0, 0.1, 0, 0.9, 0.1, -0.7, -0.7, 0.1].map(
            (x, i, all) => x / Math.hypot(all[i - (i % 3)]!, all[i - (i % 3) + 1]!, all[i - (i % 3) + 2]!),
          ),
        ),
      }),
    );
    for (let i = 0; i < 300; i++) {
      const direction = unit([random() - 0.5, random() - 0.5, -random() - 0.01]);
      const u = random();
      const { normal, geometric } = kernel.call(
        'vertexAt',
        { distance: 1, u, v: (1 - u) * random(), triangle: 0 },
        direction,
      ) as unknown as Vertex;
      const d = -(normal[0]! * direction[0] + normal[1]! * direction[1] + normal[2]! * direction[2]);
      assert.ok(d > 0, `faces away: ${d}`);
      const mirrorZ = (2 * d * normal[2]! + direction[2]) * geometric[2]!;
      assert.ok(mirrorZ > 0, `mirror direction enters the surface: ${mirrorZ}`);
    }
  });

  it('rays from a point moved off its triangle do not meet it again, at any scale', () => {
    const random = randomNumbers(statisticsSeed + 2);
    for (const scale of [1e-2, 1, 100, 1e4]) {
      const point = (): Vector => [scale * (random() * 2 - 1), scale * (random() * 2 - 1), scale * (random() * 2 - 1)];
      for (let round = 0; round < 8; round++) {
        const kernel = kernelUnderTest(
          prepareScene(
            posedOf({ pieces: [{ corners: [point(), point(), point()], material: 0 }], materials: [material()] }),
          ),
        );
        for (let i = 0; i < 60; i++) {
          const u = random();
          const vertex = kernel.call(
            'vertexAt',
            { distance: 1, u, v: (1 - u) * random(), triangle: 0 },
            [0, 0, -1],
          ) as unknown as Vertex;
          const start = kernel.call('offsetPoint', vertex.position, vertex.geometric)!;
          let direction = unit([random() - 0.5, random() - 0.5, random() - 0.5]);
          if (
            direction[0] * vertex.geometric[0]! +
              direction[1] * vertex.geometric[1]! +
              direction[2] * vertex.geometric[2]! <
            0
          )
            direction = [-direction[0], -direction[1], -direction[2]];
          assert.equal(
            kernel.call('transmittance', start, direction, 1e18),
            1,
            `scale ${scale} (seed ${statisticsSeed})`,
          );
        }
      }
    }
  });
});

describe('prepareScene refuses', () => {
  const posed = oneTriangle({});
  for (const [name, broken] of [
    ['positions that are not finite', { ...posed, positions: posed.positions.map((x, i) => (i === 4 ? NaN : x)) }],
    ['arrays of the wrong length', { ...posed, normals: posed.normals.subarray(0, 6) }],
    ['materials that do not exist', { ...posed, materialOfTriangle: Uint32Array.of(3) }],
    [
      'textures that do not exist',
      {
        ...posed,
        materials: [
          material({ emissiveTexture: { texture: 2, uvSet: 0 as const, transform: [1, 0, 0, 1, 0, 0] as const } }),
        ],
      },
    ],
  ] as [string, PosedScene][]) {
    it(name, () => assert.throws(() => prepareScene(broken), { name: 'RushesError' }));
  }
});
