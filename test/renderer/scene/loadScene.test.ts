import assert from 'node:assert/strict';
import { listSceneFiles } from '../../../renderer/scene/listSceneFiles.js';
import { loadScene } from '../../../renderer/scene/loadScene.js';
import { poseScene } from '../../../renderer/scene/poseScene.js';
import { encode, folderOf, GltfBuilder } from './GltfBuilder.js';
import { pngOf } from './pngOf.js';
import { rounded, viewOf } from './viewOf.js';

function triangleScene(): GltfBuilder {
  const builder = new GltfBuilder();
  builder.node({ mesh: builder.triangle() });
  return builder;
}

describe('loadScene', () => {
  it('reads the same triangle from .glb, .gltf with files and data URI', async () => {
    const builder = triangleScene();
    const poses = [];
    for (const [entry, files] of [
      ['scene.glb', { 'scene.glb': builder.glb() }],
      ['scene.gltf', builder.files()],
      ['scene.gltf', { 'scene.gltf': builder.embedded() }],
    ] as const) {
      const loaded = await loadScene({ entry, read: folderOf(files as Record<string, Uint8Array>).read });
      assert.equal(loaded.triangleCount, 1);
      assert.deepEqual(loaded.bounds, { min: [0, 0, 0], max: [1, 1, 0] });
      poses.push(poseScene({ loaded, manifestView: viewOf(), environment: null }));
    }
    for (const pose of poses) {
      assert.deepEqual([...pose.positions], [0, 0, 0, 1, 0, 0, 0, 1, 0]);
      assert.deepEqual([...pose.normals], [0, 0, 1, 0, 0, 1, 0, 0, 1]);
      assert.deepEqual([...pose.uv0], [0, 0, 1, 0, 0, 1]);
      assert.deepEqual([...pose.materialOfTriangle], [0]);
      assert.equal(pose.materials[0]?.metallic, 1);
    }
  });

  it('reads files below the entry folder and nothing else', async () => {
    const builder = triangleScene();
    const { 'scene.bin': bin, 'scene.gltf': gltf } = builder.files() as {
      'scene.bin': Uint8Array;
      'scene.gltf': Uint8Array;
    };
    const json = JSON.parse(new TextDecoder().decode(gltf));
    json.buffers[0].uri = '../data/./my%20scene.bin';
    const folder = folderOf({ 'models/scene.gltf': encode(json), 'data/my scene.bin': bin });
    const loaded = await loadScene({ entry: 'models/scene.gltf', read: folder.read });
    assert.equal(loaded.triangleCount, 1);
    assert.deepEqual(folder.asked, ['models/scene.gltf', 'data/my scene.bin']);
  });

  it('reads a Node Buffer that is part of a pool', async () => {
    const bytes = triangleScene().glb();
    const pool = Buffer.alloc(bytes.length + 64, 7);
    pool.set(bytes, 32);
    const loaded = await loadScene({
      entry: 'scene.glb',
      read: () => Promise.resolve(pool.subarray(32, 32 + bytes.length)),
    });
    assert.equal(loaded.triangleCount, 1);
  });

  it('lists every file that a scene needs, and those that are missing', async () => {
    const builder = triangleScene();
    builder.json['images'] = [{ uri: 'a.png' }, { uri: 'b.png' }, { uri: 'unused.png' }];
    builder.json['textures'] = [{ source: 0 }, { source: 1 }];
    const files = builder.files();
    const png = await pngOf(1, 1, Uint8Array.of(1, 2, 3, 4));
    const { files: found, missing } = await listSceneFiles({
      entry: 'scene.gltf',
      read: folderOf({ ...files, 'a.png': png, 'unused.png': png }).read,
    });
    assert.deepEqual(
      found.map((file) => file.path),
      ['scene.gltf', 'scene.bin', 'a.png'],
    );
    assert.deepEqual(
      missing.map((problem) => problem.name),
      ['b.png'],
    );
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await assert.rejects(
      loadScene({
        entry: 'scene.glb',
        read: folderOf({ 'scene.glb': triangleScene().glb() }).read,
        signal: abort.signal,
      }),
      /enough/,
    );
  });

  it('reads strips, fans, interleaved and normalised attributes, and 16-bit indices', async () => {
    const builder = new GltfBuilder();
    const square = builder.accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0));
    const strip = builder.push('meshes', { primitives: [{ attributes: { POSITION: square }, mode: 5 }] });
    // Position and colour in 20-byte elements; the last one ends with the view, without its padding.
    const bytes = new Uint8Array(20 * 3 - 4);
    const view = new DataView(bytes.buffer);
    for (const [v, [x, y]] of [
      [0, 0],
      [2, 0],
      [0, 2],
    ].entries()) {
      view.setFloat32(20 * v, x as number, true);
      view.setFloat32(20 * v + 4, y as number, true);
      bytes.set([255, 0, 51], 20 * v + 12);
    }
    const interleaved = builder.view(bytes, { byteStride: 20 });
    const position = builder.push('accessors', {
      bufferView: interleaved,
      componentType: 5126,
      count: 3,
      type: 'VEC3',
    });
    const color = builder.push('accessors', {
      bufferView: interleaved,
      byteOffset: 12,
      componentType: 5121,
      normalized: true,
      count: 3,
      type: 'VEC3',
    });
    const indexed = builder.push('meshes', {
      primitives: [
        {
          attributes: { POSITION: position, COLOR_0: color },
          indices: builder.accessor('SCALAR', Uint16Array.of(2, 0, 1)),
        },
      ],
    });
    builder.node({ mesh: strip });
    builder.node({ mesh: indexed });
    const pose = poseScene({
      loaded: await loadScene({ entry: 'scene.glb', read: folderOf({ 'scene.glb': builder.glb() }).read }),
      manifestView: viewOf(),
      environment: null,
    });
    assert.equal(pose.triangleCount, 3);
    assert.deepEqual([...pose.positions.subarray(18)], [0, 2, 0, 0, 0, 0, 2, 0, 0]);
    assert.deepEqual(rounded((pose.colors as Float32Array).subarray(24, 28)), [1, 0, 0.2, 1]);
    assert.deepEqual([...(pose.colors as Float32Array).subarray(0, 4)], [1, 1, 1, 1]);
    for (let i = 0; i < 27; i += 3) assert.deepEqual([...pose.normals.subarray(i, i + 3)], [0, 0, 1]);
  });

  it('reads meshopt-compressed geometry', async () => {
    // A unit square as meshoptimizer's encoder (1.0) writes it: 4 positions, 2 triangles.
    const positions = new Uint8Array(
      Buffer.from(
        'oAAAAT8AAAD///8BPwAAAH59fgAAAQwAAAD/AQwAAAB+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        'base64',
      ),
    );
    const triangles = new Uint8Array(Buffer.from('4fAQAHaHVmd4qYZliWiYAWkAAA==', 'base64'));
    const builder = new GltfBuilder();
    const packed = [positions, triangles]
      .map((bytes) => builder.view(bytes))
      .map((view) => builder.json['bufferViews'][view]);
    // The views that accessors read lie in a second buffer, which only says how large they are unpacked.
    const unpacked = [
      [48, 12, 4, 'ATTRIBUTES'],
      [24, 4, 6, 'TRIANGLES'],
    ].map(([byteLength, byteStride, count, mode], i) =>
      builder.push('bufferViews', {
        buffer: 1,
        byteOffset: i * 48,
        byteLength,
        extensions: {
          EXT_meshopt_compression: {
            buffer: 0,
            byteOffset: packed[i].byteOffset,
            byteLength: packed[i].byteLength,
            byteStride,
            count,
            mode,
          },
        },
      }),
    );
    const position = builder.push('accessors', {
      bufferView: unpacked[0],
      componentType: 5126,
      count: 4,
      type: 'VEC3',
    });
    const indices = builder.push('accessors', {
      bufferView: unpacked[1],
      componentType: 5125,
      count: 6,
      type: 'SCALAR',
    });
    builder.node({ mesh: builder.push('meshes', { primitives: [{ attributes: { POSITION: position }, indices }] }) });
    const files = builder.files();
    const json = JSON.parse(new TextDecoder().decode(files['scene.gltf']));
    json.buffers.push({ byteLength: 72 });
    json.extensionsUsed = json.extensionsRequired = ['EXT_meshopt_compression'];
    const loaded = await loadScene({
      entry: 'scene.gltf',
      read: folderOf({ ...files, 'scene.gltf': encode(json) }).read,
    });
    assert.deepEqual(loaded.bounds, { min: [0, 0, 0], max: [1, 1, 0] });
    assert.equal(loaded.triangleCount, 2);
    packed[1].byteLength = 9;
    json.bufferViews[unpacked[1] as number].extensions.EXT_meshopt_compression.byteLength = 9;
    await assert.rejects(
      loadScene({ entry: 'scene.gltf', read: folderOf({ ...files, 'scene.gltf': encode(json) }).read }),
      /meshes\[0\]: it cannot be decoded/,
    );
  });

  it('reads what the scene says about how it wants to be rendered', async () => {
    const builder = triangleScene();
    const still = await loadScene({ entry: 'scene.glb', read: folderOf({ 'scene.glb': builder.glb() }).read });
    assert.deepEqual(still.settings, {
      environment: null,
      environmentIntensity: 1,
      background: null,
      camera: null,
      clip: null,
      fps: null,
    });
    const settings = {
      environment: 'light/studio.hdr',
      environmentIntensity: 0.5,
      background: '#102030',
      camera: 'B',
      clip: 'fly',
      fps: 6,
    };
    builder.json['asset'].extras = { rushes: { ...settings, later: 'unknown fields are left alone' } };
    const asking = await loadScene({ entry: 'scene.glb', read: folderOf({ 'scene.glb': builder.glb() }).read });
    assert.deepEqual(asking.settings, settings);
  });

  it('knows whether a scene brings light of its own', async () => {
    const hasLight = async (change: (builder: GltfBuilder) => void): Promise<boolean> => {
      const builder = new GltfBuilder();
      change(builder);
      return (await loadScene({ entry: 'scene.glb', read: folderOf({ 'scene.glb': builder.glb() }).read })).hasLight;
    };
    const withMaterial = (material: Record<string, unknown>) => (builder: GltfBuilder) =>
      builder.node({ mesh: builder.triangle({ material: builder.push('materials', material) }) });
    assert.equal(await hasLight(withMaterial({})), false);
    assert.equal(await hasLight(withMaterial({ extensions: { KHR_materials_unlit: {} } })), true);
    // The triangle of 0.5 m2 has bounds of 2 m2: radiance 0.1 gives them pi / 40 on average, 0.02 a fifth of that.
    assert.equal(await hasLight(withMaterial({ emissiveFactor: [0, 0.1, 0] })), true);
    assert.equal(await hasLight(withMaterial({ emissiveFactor: [0.02, 0.02, 0.02] })), false);
    assert.equal(
      await hasLight(
        withMaterial({
          emissiveFactor: [0.02, 0.02, 0.02],
          extensions: { KHR_materials_emissive_strength: { emissiveStrength: 10 } },
        }),
      ),
      true,
    );
    assert.equal(
      await hasLight((builder) => {
        builder.json['extensions'] = { KHR_lights_punctual: { lights: [{ type: 'point' }] } };
        builder.node({ mesh: builder.triangle() });
        builder.node({ extensions: { KHR_lights_punctual: { light: 0 } } });
      }),
      true,
    );
  });
});
