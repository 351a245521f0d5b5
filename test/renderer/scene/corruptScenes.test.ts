import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BadSceneError } from '../../../renderer/scene/BadSceneError.js';
import { loadScene } from '../../../renderer/scene/loadScene.js';
import { poseScene } from '../../../renderer/scene/poseScene.js';
import { SceneBudget } from '../../../renderer/scene/SceneBudget.js';
import { encode, folderOf, GltfBuilder } from './GltfBuilder.js';
import { viewOf } from './viewOf.js';

/** For limits that hold whatever memory a scene is given. */
const UNBOUNDED = new SceneBudget(Infinity);

function triangleScene(): GltfBuilder {
  const builder = new GltfBuilder();
  builder.node({ mesh: builder.triangle({ material: builder.push('materials', {}) }) });
  return builder;
}

/** Loads a scene whose document was changed and expects one clear error: the file, the place, the reason, an advice. */
async function refuses(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Tests write broken documents on purpose.
  change: (json: any) => void,
  place: RegExp,
  files: Record<string, Uint8Array> = {},
): Promise<void> {
  const builder = triangleScene();
  const all = builder.files();
  const json = JSON.parse(new TextDecoder().decode(all['scene.gltf']));
  change(json);
  await refusesFiles({ ...all, 'scene.gltf': encode(json), ...files }, 'scene.gltf', place);
}

async function refusesFiles(
  files: Record<string, Uint8Array>,
  entry: string,
  place: RegExp,
  budget = new SceneBudget(),
): Promise<void> {
  await assert.rejects(loadScene({ entry, read: folderOf(files).read, budget }), (error: unknown) => {
    assert.ok(error instanceof BadSceneError, String(error instanceof Error ? error.stack : error));
    assert.match(error.message, place);
    assert.equal(error.exitCode, 2);
    assert.ok((error.advice ?? '').length > 10);
    return true;
  });
}

describe('corrupt scenes each get one clear error', () => {
  it('a missing entry', () => refusesFiles({}, 'nothing.glb', /nothing\.glb: there is no such file/));
  it('an empty file', () => refusesFiles({ 'a.glb': new Uint8Array() }, 'a.glb', /empty/));
  it('text that is no JSON', () =>
    refusesFiles({ 'a.gltf': new TextEncoder().encode('{"asset":') }, 'a.gltf', /a\.gltf, JSON: not readable/));
  it('JSON that is no glTF', () => refusesFiles({ 'a.gltf': encode([1, 2]) }, 'a.gltf', /document/));
  it('glTF 1', () => refuses((json) => (json.asset.version = '1.0'), /asset\.version.*1\.0/));
  it('no scene', () => refuses((json) => delete json.scenes, /no scene/));

  it('a .glb cut short anywhere', async () => {
    const bytes = triangleScene().glb();
    for (let length = 4; length < bytes.length; length += 13)
      await refusesFiles({ 'a.glb': bytes.subarray(0, length) }, 'a.glb', /a\.glb/);
  });
  it('a .glb of version 1', async () => {
    const bytes = triangleScene().glb();
    bytes[4] = 1;
    await refusesFiles({ 'a.glb': bytes }, 'a.glb', /version 1/);
  });
  it('a chunk longer than the file', async () => {
    const bytes = triangleScene().glb();
    new DataView(bytes.buffer).setUint32(12, 1 << 30, true);
    await refusesFiles({ 'a.glb': bytes }, 'a.glb', /GLB chunk 0/);
  });

  it('a buffer shorter than announced', () =>
    refuses((json) => (json.buffers[0].byteLength = 5000), /buffers\[0\].*5000 bytes are announced/));
  it('a buffer without bytes', () => refuses((json) => delete json.buffers[0].uri, /buffers\[0\]/));
  it('a view outside its buffer', () => refuses((json) => (json.bufferViews[0].byteOffset = 1000), /bufferViews\[0\]/));
  it('an accessor outside its view', () =>
    refuses((json) => (json.accessors[0].count = 4), /accessors\[0\].*view of 36 bytes/));
  it('an absurd count', () => refuses((json) => (json.accessors[0].count = 1e18), /accessors\[0\]\.count/));
  it('an absurd count without a view', () =>
    refuses(
      (json) => (json.accessors[0] = { componentType: 5126, count: 6e7, type: 'MAT4' }),
      /accessors\[0\].*limit/,
    ));
  it('a negative offset', () => refuses((json) => (json.bufferViews[0].byteOffset = -4), /byteOffset/));
  it('a misaligned accessor', () =>
    refuses((json) => ((json.accessors[0].byteOffset = 2), (json.accessors[0].count = 1)), /multiple/));
  it('an unknown component type', () => refuses((json) => (json.accessors[0].componentType = 1), /componentType/));
  it('a mesh that is not there', () => refuses((json) => (json.nodes[0].mesh = 7), /nodes\[0\]\.mesh/));
  it('an accessor that is not there', () =>
    refuses((json) => (json.meshes[0].primitives[0].attributes.POSITION = 99), /POSITION/));
  it('a material that is not there', () => refuses((json) => (json.meshes[0].primitives[0].material = 3), /material/));
  it('a texture that is not there', () =>
    refuses((json) => (json.materials[0].normalTexture = { index: 0 }), /materials\[0\]\.normalTexture\.index/));
  it('a wrong kind of value', () => refuses((json) => (json.nodes = { 0: {} }), /nodes: not a list/));
  it('a matrix of seven numbers', () =>
    refuses((json) => (json.nodes[0].matrix = [1, 2, 3, 4, 5, 6, 7]), /matrix.*7 numbers instead of 16/));
  it('a skin without joints', () =>
    refuses((json) => {
      json.skins = [{ joints: [] }];
      json.nodes[0].skin = 0;
    }, /skins\[0\]\.joints: an empty list/));
  it('100 kB that lost their data:', () =>
    refuses(
      (json) => (json.buffers[0].uri = 'AAAA'.repeat(25_000)),
      /buffers\[0\]: "AAAA.*\.\.\." is taken for a file name/,
    ));
  it('a node that is its own child', () =>
    refuses((json) => ((json.nodes = [{ children: [0] }]), (json.scenes[0].nodes = [])), /cycle/));
  it('nodes in a ring', () =>
    refuses(
      (json) => ((json.nodes = [{ children: [1] }, { children: [2] }, { children: [0] }]), (json.scenes[0].nodes = [])),
      /cycle/,
    ));
  it('a root that is a child', () =>
    refuses((json) => (json.nodes = [{ children: [1] }, { children: [0] }]), /root|cycle/));
  it('a node with two parents', () =>
    refuses(
      (json) => ((json.nodes = [{ children: [2] }, { children: [2] }, {}]), (json.scenes[0].nodes = [0, 1])),
      /nodes\[2\].*both/,
    ));
  it('a tree too deep', () =>
    refuses(
      (json) => (json.nodes = Array.from({ length: 6000 }, (_, i) => (i === 5999 ? {} : { children: [i + 1] }))),
      /levels deep/,
    ));

  it('an index beyond the vertices', async () => {
    const builder = new GltfBuilder();
    builder.node({ mesh: builder.triangle({ indices: builder.accessor('SCALAR', Uint16Array.of(0, 1, 3)) }) });
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /meshes\[0\]\.primitives\[0\].*vertex 3 of 3/);
  });
  it('a position that is not a number', async () => {
    const builder = new GltfBuilder();
    builder.node({
      mesh: builder.push('meshes', {
        primitives: [
          { attributes: { POSITION: builder.accessor('VEC3', Float32Array.of(0, 0, 0, NaN, 0, 0, 0, 1, 0)) } },
        ],
      }),
    });
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /element 1 holds NaN/);
  });
  it('normals that do not cover the vertices', async () => {
    const builder = new GltfBuilder();
    builder.node({ mesh: builder.triangle({}, { NORMAL: builder.accessor('VEC3', Float32Array.of(0, 0, 1)) }) });
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /normal has 1 elements for 3 vertices/);
  });
  it('keys that run backwards', async () => {
    const builder = triangleScene();
    builder.animation('spin', [
      { node: 0, path: 'translation', times: [0, 1, 0.5], values: [0, 0, 0, 1, 0, 0, 2, 0, 0] },
    ]);
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /animations\[0\]\.channels\[0\].*key 2/);
  });
  it('keys without values', async () => {
    const builder = triangleScene();
    builder.animation('spin', [{ node: 0, path: 'rotation', times: [0, 1], values: [0, 0, 0, 1] }]);
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /need 8 values; there are 4/);
  });
  it('a vertex that follows a joint that is not there', async () => {
    const builder = new GltfBuilder();
    const joints = builder.accessor('VEC4', Uint16Array.of(0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0));
    const weights = builder.accessor('VEC4', Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
    const bone = builder.node({});
    builder.node({
      mesh: builder.triangle({}, { JOINTS_0: joints, WEIGHTS_0: weights }),
      skin: builder.push('skins', { joints: [bone] }),
    });
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /joint 5 of 1/);
  });
  it('a damaged image', async () => {
    const builder = new GltfBuilder();
    builder.push('images', {
      bufferView: builder.view(
        Uint8Array.of(
          0x89,
          0x50,
          0x4e,
          0x47,
          0x0d,
          0x0a,
          0x1a,
          0x0a,
          0,
          0,
          0,
          13,
          73,
          72,
          68,
          82,
          0,
          0,
          0,
          1,
          0,
          0,
          0,
          1,
          8,
          6,
          0,
          0,
        ),
      ),
      mimeType: 'image/png',
    });
    builder.push('textures', { source: 0 });
    builder.push('materials', { emissiveTexture: { index: 0 } });
    builder.node({ mesh: builder.triangle({ material: 0 }) });
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /images\[0\].*PNG image is cut short/);
  });
  it('an image that would decode to gigabytes', async () => {
    const builder = new GltfBuilder();
    builder.push('images', {
      bufferView: builder.view(
        Uint8Array.of(
          0x89,
          0x50,
          0x4e,
          0x47,
          0x0d,
          0x0a,
          0x1a,
          0x0a,
          0,
          0,
          0,
          13,
          73,
          72,
          68,
          82,
          0,
          0,
          0xff,
          0xff,
          0,
          0,
          0xff,
          0xff,
          8,
          6,
          0,
          0,
        ),
      ),
      mimeType: 'image/png',
    });
    builder.push('textures', { source: 0 });
    builder.push('materials', { emissiveTexture: { index: 0 } });
    builder.node({ mesh: builder.triangle({ material: 0 }) });
    await refusesFiles({ 'a.glb': builder.glb() }, 'a.glb', /65535 x 65535 pixels/);
  });
  it('a small file that asks for enormous memory: the same large accessor in many primitives', async () => {
    const builder = new GltfBuilder();
    // No view: a million positions of zeros that take no byte of the file.
    const position = builder.push('accessors', { componentType: 5126, count: 1_000_000, type: 'VEC3' });
    builder.node({
      mesh: builder.push('meshes', {
        primitives: Array.from({ length: 1000 }, (_, i) => ({
          attributes: { POSITION: position },
          mode: 4,
          extras: { i },
        })),
      }),
    });
    await refusesFiles({ 'a.gltf': builder.embedded() }, 'a.gltf', /reads more than 134217728 numbers/, UNBOUNDED);
  });
  it('instances beyond number', async () => {
    const builder = new GltfBuilder();
    const translation = builder.push('accessors', { componentType: 5126, count: 20_000_000, type: 'VEC3' });
    builder.node({
      mesh: builder.triangle(),
      extensions: { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: translation } } },
    });
    await refusesFiles({ 'a.gltf': builder.embedded() }, 'a.gltf', /reads more than 134217728 numbers/, UNBOUNDED);
  });
  it('more triangles than can be drawn', async () => {
    const builder = new GltfBuilder();
    const position = builder.push('accessors', { componentType: 5126, count: 60_000, type: 'VEC3' });
    const mesh = builder.push('meshes', { primitives: [{ attributes: { POSITION: position } }] });
    for (let i = 0; i < 501; i++) builder.node({ mesh });
    await refusesFiles({ 'a.gltf': builder.embedded() }, 'a.gltf', /10020000 triangles exceed the limit/, UNBOUNDED);
  });
  it('a required extension that is not read', () =>
    refuses(
      (json) => (json.extensionsRequired = json.extensionsUsed = ['KHR_draco_mesh_compression', 'VENDOR_secret']),
      /KHR_draco_mesh_compression, VENDOR_secret/,
    ));
  it('settings of the wrong kind', () =>
    refuses((json) => (json.asset.extras = { rushes: { fps: 'fast' } }), /asset\.extras\.rushes\.fps/));

  for (const uri of [
    '../scene.bin',
    'a/../../scene.bin',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://example.org/scene.bin',
    'C:\\scene.bin',
    '..\\scene.bin',
    '%2e%2e/scene.bin',
    '\\\\host\\share',
    'a%00b',
  ]) {
    it(`a file at ${JSON.stringify(uri)}`, () => refuses((json) => (json.buffers[0].uri = uri), /buffers\[0\]/));
  }
  it('an environment outside the folder', () =>
    refuses(
      (json) => (json.asset.extras = { rushes: { environment: '../studio.hdr' } }),
      /asset\.extras\.rushes\.environment.*folder/,
    ));

  it('a missing buffer: loaded with its name recorded, refused when posed', async () => {
    const files = triangleScene().files();
    const loaded = await loadScene({
      entry: 'scene.gltf',
      read: folderOf({ 'scene.gltf': files['scene.gltf'] as Uint8Array }).read,
    });
    assert.deepEqual(
      loaded.missing.map((problem) => problem.name),
      ['scene.bin'],
    );
    assert.throws(
      () => poseScene({ loaded, manifestView: viewOf(), environment: null }),
      /scene\.gltf: 1 of its files are missing: scene\.bin/,
    );
  });

  it('never ends in anything but a scene or a BadSceneError, whatever byte is wrong', async () => {
    const builder = triangleScene();
    builder.animation('move', [{ node: 0, path: 'translation', times: [0, 1], values: [0, 0, 0, 1, 0, 0] }]);
    const bytes = builder.glb();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const damaged = bytes.slice();
          for (const [at, value] of changes) damaged[at] = value;
          try {
            const loaded = await loadScene({ entry: 'a.glb', read: folderOf({ 'a.glb': damaged }).read });
            poseScene({ loaded, manifestView: viewOf(), environment: null });
          } catch (error) {
            if (!(error instanceof BadSceneError)) throw error;
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
