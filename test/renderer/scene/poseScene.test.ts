import assert from 'node:assert/strict';
import fc from 'fast-check';
import { poseScene } from '../../../renderer/scene/poseScene.js';
import { secondsOfFrame } from '../../../renderer/scene/samplePose.js';
import { GltfBuilder } from './GltfBuilder.js';
import { pngOf } from './pngOf.js';
import { loadBuilt, poseBuilt, rounded, viewOf } from './viewOf.js';

const HALF = Math.SQRT1_2;

/** A bar of two triangles from y = 0 to y = 2 whose upper end follows the second bone. */
function skinnedBar(): GltfBuilder {
  const builder = new GltfBuilder();
  const position = builder.accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 2, 0));
  const normal = builder.accessor('VEC3', Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1));
  const joints = builder.accessor('VEC4', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
  const weights = builder.accessor('VEC4', Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
  const mesh = builder.push('meshes', {
    primitives: [
      {
        attributes: { POSITION: position, NORMAL: normal, JOINTS_0: joints, WEIGHTS_0: weights },
        indices: builder.accessor('SCALAR', Uint16Array.of(0, 1, 2, 2, 1, 3)),
      },
    ],
  });
  const tip = builder.node({ name: 'tip', translation: [0, 1, 0] }, false);
  const root = builder.node({ name: 'root', children: [tip] });
  const inverse = Float32Array.of(
    1,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    1,
    1,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    -1,
    0,
    1,
  );
  // The node's own place must not count: glTF draws a skinned mesh where its joints are.
  builder.node({
    mesh,
    skin: builder.push('skins', { joints: [root, tip], inverseBindMatrices: builder.accessor('MAT4', inverse) }),
    translation: [100, 0, 0],
  });
  builder.animation('bend', [{ node: tip, path: 'rotation', times: [0, 1], values: [0, 0, 0, 1, 0, 0, HALF, HALF] }]);
  return builder;
}

describe('poseScene', () => {
  it('places nodes below their parents', async () => {
    const builder = new GltfBuilder();
    const mesh = builder.triangle();
    const child = builder.node({ mesh, translation: [1, 0, 0] }, false);
    builder.node({ children: [child], rotation: [0, HALF, 0, HALF], scale: [2, 2, 2], translation: [0, 0, 10] });
    const pose = await poseBuilt(builder);
    // A quarter turn about +Y takes +X to -Z.
    assert.deepEqual(rounded(pose.positions), [0, 0, 8, 0, 0, 6, 0, 2, 8]);
    assert.deepEqual(rounded(pose.normals.subarray(0, 3)), [1, 0, 0]);
  });

  it('scales unevenly without tilting normals off their surface', async () => {
    const builder = new GltfBuilder();
    const normal = builder.accessor('VEC3', Float32Array.from([HALF, 0, HALF, HALF, 0, HALF, HALF, 0, HALF]));
    builder.node({ mesh: builder.triangle({}, { NORMAL: normal }), scale: [2, 1, 1] });
    const pose = await poseBuilt(builder);
    const length = Math.sqrt(0.25 + 1);
    assert.deepEqual(rounded(pose.normals.subarray(0, 3)), rounded([0.5 / length, 0, 1 / length]));
  });

  it('turns the winding back where a node mirrors its mesh', async () => {
    const builder = new GltfBuilder();
    builder.node({ mesh: builder.triangle(), scale: [-1, 1, 1] });
    const pose = await poseBuilt(builder);
    assert.deepEqual(rounded(pose.positions), [0, 0, 0, 0, 1, 0, -1, 0, 0]);
    assert.deepEqual(rounded(pose.normals.subarray(0, 3)), [0, 0, 1]);
    assert.deepEqual([...pose.uv0], [0, 0, 0, 1, 1, 0]);
  });

  it('moves by linear, step and spline keys', async () => {
    const builder = new GltfBuilder();
    const mesh = builder.triangle();
    const nodes = [0, 1, 2].map(() => builder.node({ mesh }));
    builder.animation('all', [
      { node: nodes[0] as number, path: 'translation', times: [0, 1], values: [0, 0, 0, 4, 0, 0] },
      {
        node: nodes[1] as number,
        path: 'translation',
        times: [0, 1],
        values: [0, 0, 0, 4, 0, 0],
        interpolation: 'STEP',
      },
      // Flat tangents: a smooth step.
      {
        node: nodes[2] as number,
        path: 'translation',
        times: [0, 1],
        values: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0],
        interpolation: 'CUBICSPLINE',
      },
    ]);
    const pose = await poseBuilt(builder, { clip: 'all', frame: 1, fps: 4 });
    assert.deepEqual(
      rounded([pose.positions[0] as number, pose.positions[9] as number, pose.positions[18] as number]),
      [1, 0, 4 * (3 * 0.0625 - 2 * 0.015625)],
    );
  });

  it('turns along the shorter arc at an even pace', async () => {
    const builder = new GltfBuilder();
    const node = builder.node({ mesh: builder.triangle() });
    // The second key is minus the quaternion of a quarter turn about +Z.
    builder.animation('turn', [{ node, path: 'rotation', times: [0, 3], values: [0, 0, 0, 1, 0, 0, -HALF, -HALF] }]);
    const pose = await poseBuilt(builder, { clip: 'turn', frame: 1, fps: 1 });
    assert.deepEqual(
      rounded(pose.positions.subarray(3, 6)),
      rounded([Math.cos(Math.PI / 6), Math.sin(Math.PI / 6), 0]),
    );
  });

  it('holds the scene still without a clip and refuses a clip it does not have', async () => {
    const builder = new GltfBuilder();
    const node = builder.node({ mesh: builder.triangle() });
    builder.animation('walk', [{ node, path: 'translation', times: [0, 1], values: [5, 0, 0, 6, 0, 0] }]);
    builder.animation(undefined, []);
    assert.equal((await poseBuilt(builder, { frame: 3 })).positions[0], 0);
    await assert.rejects(
      poseBuilt(builder, { clip: 'run' }),
      (error: Error & { advice?: string }) =>
        /no animation clip "run"/.test(error.message) &&
        error.advice === 'Name one of its clips: "walk", "animation 1".',
    );
  });

  it('bends a skinned bar about its second bone', async () => {
    const builder = skinnedBar();
    const [rest, bent] = [
      await poseBuilt(builder),
      await poseBuilt(builder, { clip: 'bend', frame: 24, fps: 24.0001 }),
    ];
    assert.deepEqual(rounded(rest.positions.subarray(0, 9)), [0, 0, 0, 1, 0, 0, 0, 2, 0]);
    // A quarter turn about (0, 1): (0, 2) goes to (-1, 1), (1, 2) to (-1, 2).
    assert.deepEqual(
      rounded(bent.positions.subarray(6, 9)).map((value) => Math.round(value * 1e3) / 1e3),
      [-1, 1, 0],
    );
    assert.deepEqual(
      rounded(bent.positions.subarray(15, 18)).map((value) => Math.round(value * 1e3) / 1e3),
      [-1, 2, 0],
    );
    assert.notEqual(rest.geometryKey, bent.geometryKey);
  });

  it('morphs positions and colours, and leaves alone what a target lacks', async () => {
    const builder = new GltfBuilder();
    const up = builder.accessor('VEC3', Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1));
    const tint = builder.accessor('VEC3', Float32Array.of(-1, 0, 0, -1, 0, 0, -1, 0, 0));
    const color = builder.accessor('VEC3', Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1));
    const mesh = builder.triangle({ targets: [{ POSITION: up }, { COLOR_0: tint }] }, { COLOR_0: color });
    (builder.json['meshes'] as { weights: number[] }[])[mesh]!.weights = [0.25, 0];
    const node = builder.node({ mesh });
    builder.animation('morph', [{ node, path: 'weights', times: [0, 1], values: [0, 0, 1, 0.5] }]);
    const rest = await poseBuilt(builder);
    assert.deepEqual(rounded(rest.positions.subarray(0, 3)), [0, 0, 0.25]);
    const half = await poseBuilt(builder, { clip: 'morph', frame: 1, fps: 2 });
    assert.deepEqual(rounded(half.positions.subarray(0, 3)), [0, 0, 0.5]);
    assert.deepEqual(rounded((half.colors as Float32Array).subarray(0, 4)), [0.75, 1, 1, 1]);
  });

  it('draws every instance and no hidden node', async () => {
    const builder = new GltfBuilder();
    const mesh = builder.triangle();
    const attributes = {
      TRANSLATION: builder.accessor('VEC3', Float32Array.of(0, 0, 0, 0, 0, 3)),
      SCALE: builder.accessor('VEC3', Float32Array.of(1, 1, 1, 2, 2, 2)),
    };
    builder.node({ mesh, extensions: { EXT_mesh_gpu_instancing: { attributes } }, translation: [0, 1, 0] });
    const child = builder.node({ mesh }, false);
    builder.node({ children: [child], extensions: { KHR_node_visibility: { visible: false } } });
    const pose = await poseBuilt(builder);
    assert.equal(pose.triangleCount, 2);
    assert.deepEqual(rounded(pose.positions.subarray(9)), [0, 1, 3, 2, 1, 3, 0, 3, 3]);
  });

  it('places lights with their colours, cones and ranges', async () => {
    const builder = new GltfBuilder();
    builder.json['extensions'] = {
      KHR_lights_punctual: {
        lights: [
          {
            type: 'spot',
            color: [1, 0.5, 0],
            intensity: 10,
            range: 4,
            spot: { innerConeAngle: 0, outerConeAngle: Math.PI / 3 },
          },
          { type: 'directional', intensity: 3 },
          { type: 'point' },
        ],
      },
    };
    builder.node({ mesh: builder.triangle() });
    const light = (index: number) => ({ KHR_lights_punctual: { light: index } });
    // A quarter turn about +X takes -Z, along which lights shine, to +Y.
    builder.node({ extensions: light(0), translation: [1, 2, 3], rotation: [HALF, 0, 0, HALF], scale: [5, 5, 5] });
    builder.node({ extensions: light(1) });
    builder.node({ extensions: light(2), translation: [0, 9, 0] });
    const { lights } = await poseBuilt(builder);
    assert.deepEqual(
      lights.map((one) => one.kind),
      ['spot', 'directional', 'point'],
    );
    assert.deepEqual(
      {
        ...lights[0],
        direction: rounded(lights[0]!.direction),
        innerConeCos: rounded([lights[0]!.innerConeCos])[0],
        outerConeCos: rounded([lights[0]!.outerConeCos])[0],
      },
      {
        kind: 'spot',
        color: [10, 5, 0],
        position: [1, 2, 3],
        direction: [0, 1, 0],
        range: 4,
        innerConeCos: 1,
        outerConeCos: 0.5,
      },
    );
    assert.deepEqual([lights[1]!.color, rounded(lights[1]!.direction), lights[1]!.range], [[3, 3, 3], [0, 0, -1], 0]);
    assert.deepEqual(
      [lights[2]!.position, lights[2]!.color],
      [
        [0, 9, 0],
        [1, 1, 1],
      ],
    );
  });

  it('finds cameras by name, or by index where they have none, and follows their animation', async () => {
    const builder = new GltfBuilder();
    builder.json['cameras'] = [
      { type: 'perspective', perspective: { yfov: 0.5, aspectRatio: 3 } },
      { type: 'orthographic', orthographic: { xmag: 9, ymag: 2, znear: 0, zfar: 10 } },
    ];
    builder.node({ mesh: builder.triangle() });
    const hero = builder.node({ name: 'Hero', camera: 0, translation: [0, 0, 5], scale: [3, 3, 3] });
    builder.node({ camera: 1, rotation: [0, HALF, 0, HALF] });
    builder.node({ name: 'Hero', camera: 0 });
    builder.animation('dolly', [{ node: hero, path: 'translation', times: [0, 1], values: [0, 0, 5, 0, 0, 7] }]);
    const loaded = await loadBuilt(builder);
    assert.deepEqual(
      loaded.cameras.map((camera) => camera.name),
      ['Hero', '1', 'Hero (2)'],
    );
    const take = (name: string, frame = 0) =>
      poseScene({
        loaded,
        manifestView: viewOf({ camera: { kind: 'node', name }, clip: 'dolly', fps: 2, frame }),
        environment: null,
      }).camera;
    const still = take('Hero');
    assert.ok(still.kind === 'perspective');
    assert.deepEqual([still.fovYRadians, still.aspect], [0.5, 64 / 48]);
    assert.deepEqual(rounded(still.worldFromCamera), [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 5, 1]);
    assert.equal(take('Hero', 1).worldFromCamera[14], 6);
    const side = take('1');
    assert.ok(side.kind === 'orthographic');
    assert.deepEqual(
      [rounded([side.xmag])[0], side.ymag, ...rounded(side.worldFromCamera.subarray(8, 11))],
      [2.666667, 2, 1, 0, 0],
    );
    assert.throws(() => take('Villain'), /no camera "Villain"/);
  });

  it('orbits as three.js setFromSphericalCoords does', async () => {
    const builder = new GltfBuilder();
    builder.node({ mesh: builder.triangle() });
    const { Vector3, Matrix4 } = await import('three');
    for (const [theta, phi] of [
      [0, 90],
      [90, 90],
      [30, 60],
      [-135, 20],
      [200, 179],
    ] as const) {
      const { camera } = await poseBuilt(builder, {
        camera: { kind: 'orbit', thetaDegrees: theta, phiDegrees: phi, radius: 3, target: [1, 2, 3], fovDegrees: 40 },
      });
      const eye = new Vector3()
        .setFromSphericalCoords(3, (phi * Math.PI) / 180, (theta * Math.PI) / 180)
        .add(new Vector3(1, 2, 3));
      const expected = new Matrix4().lookAt(eye, new Vector3(1, 2, 3), new Vector3(0, 1, 0)).setPosition(eye);
      assert.deepEqual(rounded(camera.worldFromCamera), rounded(expected.elements));
    }
  });

  it('turns a background colour from sRGB to linear', async () => {
    const builder = new GltfBuilder();
    builder.node({ mesh: builder.triangle() });
    const { background } = await poseBuilt(builder, { background: '#ff8000' });
    assert.ok(background.kind === 'color');
    assert.deepEqual(rounded(background.rgb), rounded([1, ((128 / 255 + 0.055) / 1.055) ** 2.4, 0]));
    await assert.rejects(poseBuilt(builder, { background: 'environment' }), /environment/);
  });

  it('reads materials with every slot, transform and factor', async () => {
    const builder = new GltfBuilder();
    const pixels = await pngOf(2, 1, Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 128));
    builder.push('images', { bufferView: builder.view(pixels), mimeType: 'image/png' });
    builder.push('samplers', { wrapS: 33071, wrapT: 33648, magFilter: 9728 });
    builder.push('textures', { source: 0, sampler: 0 });
    builder.push('textures', { source: 0 });
    builder.push('materials', {
      pbrMetallicRoughness: {
        baseColorFactor: [0.1, 0.2, 0.3, 0.4],
        metallicFactor: 0.5,
        roughnessFactor: 0.25,
        baseColorTexture: { index: 0, texCoord: 1 },
        metallicRoughnessTexture: { index: 1 },
      },
      normalTexture: {
        index: 1,
        scale: 0.5,
        extensions: { KHR_texture_transform: { offset: [0.5, 0.25], rotation: Math.PI / 2, scale: [2, 4] } },
      },
      emissiveFactor: [1, 0.5, 0],
      alphaMode: 'MASK',
      alphaCutoff: 0.3,
      doubleSided: true,
      extensions: {
        KHR_materials_emissive_strength: { emissiveStrength: 8 },
        KHR_materials_transmission: { transmissionFactor: 0.9, transmissionTexture: { index: 1 } },
        KHR_materials_ior: { ior: 1.33 },
        KHR_materials_specular: {
          specularFactor: 0.6,
          specularTexture: { index: 1 },
          specularColorFactor: [0.5, 1, 2],
          specularColorTexture: { index: 0 },
        },
      },
    });
    builder.push('materials', { alphaMode: 'BLEND', extensions: { KHR_materials_unlit: {} } });
    const second = builder.accessor('VEC2', Float32Array.of(0.5, 0.5, 1, 0.5, 0.5, 1));
    builder.node({ mesh: builder.triangle({ material: 0 }, { TEXCOORD_1: second }) });
    builder.node({ mesh: builder.triangle({ material: 1 }) });
    const pose = await poseBuilt(builder);
    const [material, unlit] = pose.materials;
    assert.deepEqual(
      pose.textures.map(({ srgb, wrapS, wrapT, filter }) => ({ srgb, wrapS, wrapT, filter })),
      [
        { srgb: true, wrapS: 'clamp', wrapT: 'mirror', filter: 'nearest' },
        { srgb: false, wrapS: 'repeat', wrapT: 'repeat', filter: 'linear' },
      ],
    );
    assert.deepEqual([...pose.textures[0]!.rgba], [255, 0, 0, 255, 0, 255, 0, 128]);
    assert.deepEqual(
      {
        ...material,
        normalTexture: { ...material!.normalTexture, transform: rounded(material!.normalTexture!.transform) },
      },
      {
        baseColor: [0.1, 0.2, 0.3, 0.4],
        metallic: 0.5,
        roughness: 0.25,
        emissive: [8, 4, 0],
        normalScale: 0.5,
        alphaMode: 'mask',
        alphaCutoff: 0.3,
        doubleSided: true,
        transmission: 0.9,
        ior: 1.33,
        specular: 0.6,
        specularColor: [0.5, 1, 2],
        unlit: false,
        baseColorTexture: { texture: 0, uvSet: 1, transform: [1, 0, 0, 1, 0, 0] },
        metallicRoughnessTexture: { texture: 1, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] },
        // u' = 4 v + 0.5, v' = -2 u + 0.25: a quarter turn counter-clockwise where v counts downwards.
        normalTexture: { texture: 1, uvSet: 0, transform: [0, -2, 4, 0, 0.5, 0.25] },
        emissiveTexture: null,
        transmissionTexture: { texture: 1, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] },
        specularTexture: { texture: 1, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] },
        specularColorTexture: { texture: 0, uvSet: 0, transform: [1, 0, 0, 1, 0, 0] },
      },
    );
    assert.deepEqual([unlit!.unlit, unlit!.alphaMode, unlit!.baseColor], [true, 'blend', [1, 1, 1, 1]]);
    assert.deepEqual([...pose.uv1!.subarray(0, 6)], [0.5, 0.5, 1, 0.5, 0.5, 1]);
  });

  it('draws a specular-glossiness material by its diffuse colour where it has no other values', async () => {
    const builder = new GltfBuilder();
    const extensions = {
      KHR_materials_pbrSpecularGlossiness: { diffuseFactor: [0.2, 0.4, 0.6, 1], glossinessFactor: 0.25 },
    };
    builder.push('materials', { extensions });
    builder.push('materials', { extensions, pbrMetallicRoughness: { metallicFactor: 0.5 } });
    for (const material of [0, 1]) builder.node({ mesh: builder.triangle({ material }) });
    const { materials } = await poseBuilt(builder);
    assert.deepEqual(
      materials.map(({ baseColor, metallic, roughness }) => [baseColor, metallic, roughness]),
      [
        [[0.2, 0.4, 0.6, 1], 0, 0.75],
        [[1, 1, 1, 1], 0.5, 1],
      ],
    );
  });

  it('makes tangents that point along u, with the sign that glTF wants', async () => {
    const builder = new GltfBuilder();
    builder.push('images', {
      bufferView: builder.view(await pngOf(1, 1, Uint8Array.of(128, 128, 255, 255))),
      mimeType: 'image/png',
    });
    builder.push('textures', { source: 0 });
    builder.push('materials', { normalTexture: { index: 0 } });
    builder.node({ mesh: builder.triangle({ material: 0 }) });
    builder.node({ mesh: builder.triangle({ material: 0 }), scale: [-1, 1, 1] });
    const { tangents } = await poseBuilt(builder);
    // glTF counts v downwards, so a normal map's green points where v shrinks: along -Y = w * (normal x tangent) with w
    // = -1.
    for (let i = 0; i < 12; i += 4) assert.deepEqual(rounded(tangents.subarray(i, i + 4)), [1, 0, 0, -1]);
    for (let i = 12; i < 24; i += 4) assert.deepEqual(rounded(tangents.subarray(i, i + 4)), [-1, 0, 0, 1]);
  });

  it('gives every corner a unit tangent perpendicular to its normal even where none is needed', async () => {
    const { tangents, normals } = await poseBuilt(skinnedBar(), { clip: 'bend', frame: 7 });
    for (let corner = 0; corner < 6; corner++) {
      const [t, n] = [tangents.subarray(4 * corner, 4 * corner + 3), normals.subarray(3 * corner, 3 * corner + 3)];
      const dot = (a: Float32Array, b: Float32Array): number =>
        a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
      assert.ok(Math.abs(dot(t, t) - 1) < 1e-6 && Math.abs(dot(n, n) - 1) < 1e-6 && Math.abs(dot(t, n)) < 1e-6);
    }
  });

  it('is deterministic, and frame f equals frame f + the length of the clip, to the bit', async () => {
    const loaded = await loadBuilt(skinnedBar());
    const other = await loadBuilt(skinnedBar());
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 60 }), (frame, fps) => {
        const take = (from: typeof loaded, at: number) =>
          poseScene({ loaded: from, manifestView: viewOf({ clip: 'bend', frame: at, fps }), environment: null });
        const [first, again, later] = [take(loaded, frame), take(other, frame), take(other, frame + fps)]; // the clip lasts one second
        assert.equal(first.geometryKey, again.geometryKey);
        assert.deepEqual(first.positions, again.positions);
        assert.deepEqual(first.tangents, again.tangents);
        assert.equal(first.geometryKey, later.geometryKey);
        assert.deepEqual(first.positions, later.positions);
      }),
      { numRuns: 60 },
    );
  });
});

describe('secondsOfFrame', () => {
  it('counts frames around a clip of a whole number of frames, even where float32 keys are a little off', () => {
    const durationSeconds = Math.fround(17 / 24);
    for (const frame of [0, 5, 16])
      for (const round of [0, 1, 7])
        assert.equal(secondsOfFrame({ frame: frame + 17 * round, fps: 24, durationSeconds }), frame / 24);
  });
  it('loops time over any other clip', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.double({ min: 1, max: 120, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (frame, fps, durationSeconds) => {
          const seconds = secondsOfFrame({ frame, fps, durationSeconds });
          assert.ok(seconds >= 0 && seconds <= durationSeconds * (1 + 1e-5), `${seconds} of ${durationSeconds}`);
          const loops = (frame / fps - seconds) / durationSeconds;
          assert.ok(
            Math.abs(loops - Math.round(loops)) < 2e-6 * Math.max(1, loops) + 1e-6 / durationSeconds,
            `${loops}`,
          );
        },
      ),
    );
  });
});
