import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import sharp from 'sharp';
import { BadSceneError } from '../../../renderer/scene/BadSceneError.js';
import { decodeImage } from '../../../renderer/scene/decodeImage.js';
import { encodeHdr } from '../../../renderer/scene/encodeHdr.js';
import { loadEnvironment } from '../../../renderer/scene/loadEnvironment.js';
import { loadScene } from '../../../renderer/scene/loadScene.js';
import { formatBytes, SceneBudget } from '../../../renderer/scene/SceneBudget.js';
import { folderOf, GltfBuilder } from './GltfBuilder.js';

const MIB = 2 ** 20;

/** Asserts a refusal that says where, how much it would take, how much is allowed, and what helps. */
function assertRefuses(error: unknown, place: RegExp): true {
  assert.ok(error instanceof BadSceneError, String(error instanceof Error ? error.stack : error));
  assert.equal(error.code, 'scene-memory');
  assert.equal(error.exitCode, 2);
  assert.match(error.message, place);
  assert.match(
    error.message,
    /would take [\d.]+ [KMG]iB of memory, with all before it [\d.]+ [KMG]iB; a scene may take [\d.]+ [KMG]iB$/,
  );
  assert.ok(Number(error.facts['neededBytes']) > Number(error.facts['allowedBytes']));
  assert.match(String(error.advice), /more memory/);
  return true;
}

async function refuses(builder: GltfBuilder, place: RegExp, allowedBytes?: number): Promise<void> {
  const { read } = folderOf({ 'a.glb': builder.glb() });
  const before = process.memoryUsage().rss;
  await assert.rejects(loadScene({ entry: 'a.glb', read, budget: new SceneBudget(allowedBytes) }), (error) =>
    assertRefuses(error, place),
  );
  // Refused before memory is asked for: what the document takes by itself is far below.
  assert.ok(process.memoryUsage().rss - before < 256 * MIB, formatBytes(process.memoryUsage().rss - before));
}

/** A PNG of which the header is true and the pixels are missing. */
function pngHeader(width: number, height: number, colourType = 6, depth = 8): Uint8Array {
  const bytes = new Uint8Array(33 + 12);
  const view = new DataView(bytes.buffer);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([depth, colourType], 24);
  view.setUint32(37, 0x49454e44);
  return bytes;
}

/** A JPEG of which only the headers are there: its start of frame, and a scan of as many components as asked for. */
function jpegHeader(
  frames: { width: number; height: number; marker?: number; components?: number; sampling?: number }[],
  scanned = 3,
): Uint8Array {
  const bytes = [0xff, 0xd8];
  for (const { width, height, marker = 0xc0, components = 3, sampling = 0x11 } of frames) {
    bytes.push(0xff, marker, 0, 8 + 3 * components, 8, height >> 8, height & 255, width >> 8, width & 255, components);
    for (let c = 0; c < components; c++) bytes.push(c + 1, c === 0 ? sampling : 0x11, 0);
  }
  bytes.push(0xff, 0xda, 0, 6 + 2 * scanned, scanned);
  for (let c = 0; c < scanned; c++) bytes.push(c + 1, 0);
  bytes.push(0, 63, 0, 0, 0xff, 0xd9);
  return Uint8Array.from(bytes);
}

function withImages(...images: Uint8Array[]): GltfBuilder {
  const builder = new GltfBuilder();
  for (const [i, bytes] of images.entries()) {
    builder.push('images', { bufferView: builder.view(bytes), mimeType: 'image/png' });
    builder.push('textures', { source: i });
    builder.push('materials', { emissiveTexture: { index: i } });
    builder.node({ mesh: builder.triangle({ material: i }) });
  }
  return builder;
}

describe('the memory of a scene', () => {
  it('counts what is held, what is lent until the scene is loaded, and the most of what is used again', () => {
    const budget = new SceneBudget(100);
    const cost = (bytes: number) => ({ file: 'a', what: 'it', bytes });
    budget.hold(cost(40));
    budget.lend(cost(50));
    assert.throws(() => budget.afford(cost(11)), /a: it would take 11 bytes of memory, with all before it 101 bytes/);
    budget.settle();
    assert.equal(budget.leftBytes, 60);
    budget.raise('decoder', cost(30));
    budget.raise('decoder', cost(20));
    budget.raise('decoder', cost(40));
    assert.equal(budget.leftBytes, 20);
    assert.throws(() => budget.hold(cost(21)));
    budget.hold(cost(20));
    assert.equal(budget.leftBytes, 0);
  });

  describe('is refused from the header alone', () => {
    it('a PNG of 16384 x 16384', () =>
      refuses(withImages(pngHeader(16384, 16384)), /a\.glb, images\[0\]: a PNG image of 16384 x 16384 pixels/));
    it('a PNG of 16 bits by its doubled size', async () => {
      const decode = (depth: number) =>
        decodeImage({
          file: 'a',
          where: 'images[0]',
          bytes: pngHeader(4096, 4096, 6, depth),
          budget: new SceneBudget(13 * 4096 * 4096),
        });
      await assert.rejects(decode(16), (error) => assertRefuses(error, /4096 x 4096/));
      await assert.rejects(decode(8), /damaged/);
    });
    it('many images that fit one by one', async () => {
      const image = sharp({ create: { width: 1024, height: 1024, channels: 3, background: '#804020' } });
      const png = new Uint8Array(await image.png().toBuffer());
      // Seven bytes a pixel for the decoder once, four for each image, four for each packed.
      await refuses(withImages(png, png, png), /images\[2\]: a PNG image of 1024 x 1024/, 24 * MIB);
    });
    it('a JPEG of 16384 x 16384', () =>
      refuses(withImages(jpegHeader([{ width: 16384, height: 16384 }])), /images\[0\]: a JPEG image of 16384 x 16384/));
    it('a progressive JPEG by its coefficients, as they are sampled', async () => {
      const decode = (frame: { marker: number; sampling?: number }, scanned = 3) =>
        decodeImage({
          file: 'a',
          where: 'images[0]',
          bytes: jpegHeader([{ width: 1024, height: 1024, ...frame }], scanned),
          budget: new SceneBudget(12 * MIB),
        });
      await assert.rejects(decode({ marker: 0xc0 }), /damaged/);
      await assert.rejects(decode({ marker: 0xc2, sampling: 0x22 }), /damaged/);
      await assert.rejects(decode({ marker: 0xc2 }), (error) => assertRefuses(error, /1024 x 1024/));
      // Scans of one component each need the coefficients as well.
      await assert.rejects(decode({ marker: 0xc0 }, 1), (error) => assertRefuses(error, /1024 x 1024/));
    });
    it('a JPEG that states two sizes', async () => {
      const frames = [
        { width: 8, height: 8 },
        { width: 16384, height: 16384 },
      ];
      for (const bytes of [jpegHeader(frames), jpegHeader(frames.reverse())])
        await assert.rejects(decodeImage({ file: 'a', where: 'images[0]', bytes }), /more than one size/);
    });
    it('a WebP of 16383 x 16383, lossy, lossless and extended', async () => {
      for (const [fourcc, at, size] of [
        ['VP8 ', 26, [0xff, 0x3f, 0xff, 0x3f]],
        ['VP8L', 21, [0xfe, 0xbf, 0xff, 0x0f]],
        ['VP8X', 24, [0xfe, 0x3f, 0, 0xfe, 0x3f, 0]],
      ] as const) {
        const bytes = new Uint8Array(64);
        bytes.set(Buffer.from('RIFF'), 0);
        bytes.set(Buffer.from(`WEBP${fourcc}`), 8);
        bytes[4] = 56;
        bytes.set(size, at);
        await assert.rejects(decodeImage({ file: 'a', where: 'images[0]', bytes }), (error) =>
          assertRefuses(error, /a WebP|WEBP image of 16383 x 16383/),
        );
      }
    });
    it('an environment of 16384 x 8192', () => {
      const bytes = new TextEncoder().encode('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 8192 +X 16384\n');
      assert.throws(
        () => loadEnvironment({ path: 'a.hdr', bytes }),
        (error) => assertRefuses(error, /a\.hdr: the environment of 16384 x 8192/),
      );
    });
  });

  describe('is refused before it is unpacked', () => {
    it('an accessor without bytes', async () => {
      const builder = new GltfBuilder();
      const position = builder.push('accessors', { componentType: 5126, count: 30_000_000, type: 'VEC3' });
      builder.node({ mesh: builder.push('meshes', { primitives: [{ attributes: { POSITION: position } }] }) });
      await refuses(builder, /a\.glb, accessors\[0\]: 90000000 numbers/);
    });
    it('a sparse accessor', async () => {
      const builder = new GltfBuilder();
      const position = builder.push('accessors', {
        componentType: 5126,
        count: 30_000_000,
        type: 'VEC3',
        sparse: {
          count: 1,
          indices: { bufferView: builder.view(Uint8Array.of(1, 0, 0, 0)), componentType: 5125 },
          values: { bufferView: builder.view(new Uint8Array(12)) },
        },
      });
      builder.node({ mesh: builder.push('meshes', { primitives: [{ attributes: { POSITION: position } }] }) });
      await refuses(builder, /accessors\[0\]: 90000000 numbers/);
    });
    it('morph targets', async () => {
      const builder = new GltfBuilder();
      const at = builder.push('accessors', { componentType: 5126, count: 100_000, type: 'VEC3' });
      builder.node({
        mesh: builder.push('meshes', {
          primitives: [
            {
              attributes: { POSITION: at },
              targets: Array.from({ length: 300 }, () => ({ POSITION: at, NORMAL: at })),
            },
          ],
        }),
      });
      await refuses(builder, /accessors\[0\]: 300000 numbers/, 64 * MIB);
    });
    it('animation samples', async () => {
      const builder = new GltfBuilder();
      const node = builder.node({ mesh: builder.triangle() });
      const input = builder.push('accessors', { componentType: 5126, count: 2_000_000, type: 'SCALAR' });
      const output = builder.push('accessors', { componentType: 5126, count: 2_000_000, type: 'VEC3' });
      builder.push('animations', {
        channels: [{ sampler: 0, target: { node, path: 'translation' } }],
        samplers: [{ input, output }],
      });
      await refuses(builder, /accessors\[3\]: 6000000 numbers/, 64 * MIB);
    });
    it('nodes, instances, joints and triangles beyond number', async () => {
      const nodes = new GltfBuilder();
      for (let i = 0; i < 200_000; i++) nodes.node({});
      await refuses(nodes, /a\.glb, nodes: 200000 nodes/, 300 * MIB);

      const instances = new GltfBuilder();
      const translation = instances.push('accessors', { componentType: 5126, count: 1_000_000, type: 'VEC3' });
      instances.node({
        mesh: instances.triangle(),
        extensions: { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: translation } } },
      });
      await refuses(instances, /a\.glb, nodes\[0\]: 1000000 instances/, 600 * MIB);

      const joints = new GltfBuilder();
      const bones = Array.from({ length: 1000 }, () => joints.node({}));
      const skin = joints.push('skins', { joints: bones });
      const mesh = joints.triangle();
      for (let i = 0; i < 3000; i++) joints.node({ mesh, skin });
      await refuses(joints, /a\.glb, skins: 3000000 placed joints/);

      const triangles = new GltfBuilder();
      const position = triangles.push('accessors', { componentType: 5126, count: 60_000, type: 'VEC3' });
      const soup = triangles.push('meshes', { primitives: [{ attributes: { POSITION: position } }] });
      for (let i = 0; i < 100; i++) triangles.node({ mesh: soup });
      await refuses(triangles, /a\.glb: 2000000 triangles/);
    });
    it('a document of very many values, and a long data URI', async () => {
      const builder = new GltfBuilder();
      builder.node({ mesh: builder.triangle(), extras: Array.from({ length: 1_000_000 }, () => 0) });
      await refuses(builder, /a\.glb, JSON: the document of \d+ values/, 64 * MIB);
      const files = {
        'a.gltf': new TextEncoder().encode(
          JSON.stringify({
            asset: { version: '2.0' },
            scenes: [{}],
            buffers: [{ byteLength: 3, uri: `data:;base64,${'AAAA'.repeat(MIB)}` }],
          }),
        ),
      };
      await assert.rejects(
        loadScene({ entry: 'a.gltf', read: folderOf(files).read, budget: new SceneBudget(16 * MIB) }),
        (error) => assertRefuses(error, /a\.gltf, buffers\[0\]: its data URI/),
      );
    });
  });

  it('asks for no file beyond what is left', async () => {
    const asked: number[] = [];
    const read = async (_path: string, maxBytes: number) => {
      asked.push(maxBytes);
      return { tooLarge: true as const, byteLength: 900 * MIB };
    };
    await assert.rejects(loadScene({ entry: 'a.glb', read, budget: new SceneBudget(64 * MIB) }), (error) =>
      assertRefuses(error, /^a\.glb: the file of 900 MiB/),
    );
    assert.deepEqual(asked, [64 * MIB]);
    await assert.rejects(
      loadScene({ entry: 'a.glb', read: async () => ({ tooLarge: true, byteLength: 2 ** 31 }) }),
      /2147483648 bytes exceed the limit of 1073741824 for one file/,
    );
  });

  it('takes what was refused once it may', async () => {
    const png = new Uint8Array(
      await sharp({ create: { width: 2048, height: 2048, channels: 3, background: '#804020' } })
        .png()
        .toBuffer(),
    );
    await refuses(withImages(png), /images\[0\]: a PNG image of 2048 x 2048/, 32 * MIB);
    const { read } = folderOf({ 'a.glb': withImages(png).glb() });
    const loaded = await loadScene({ entry: 'a.glb', read, budget: new SceneBudget(128 * MIB) });
    assert.equal(loaded.content.textures[0]?.width, 2048);
  });

  it('holds an 8192 x 4096 environment: in a process of its own, its peak is within half the usual budget', function () {
    this.timeout(120_000);
    const small = encodeHdr({ width: 8192, height: 2, rgb: new Float32Array(3 * 8192 * 2).fill(0.5) });
    const header = Buffer.from(small).indexOf('+X 8192\n') + 8;
    const row = small.subarray(header, header + (small.length - header) / 2);
    const bytes = Buffer.concat([
      Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4096 +X 8192\n'),
      ...Array.from({ length: 4096 }, () => row),
    ]);
    const source = `
      import { readFileSync } from 'node:fs';
      const { loadEnvironment } = await import(${JSON.stringify(new URL('../../../renderer/scene/loadEnvironment.js', import.meta.url).href)});
      const { packEnvironment } = await import(${JSON.stringify(new URL('../../../renderer/scene/prepare/packEnvironment.js', import.meta.url).href)});
      const { packTextures } = await import(${JSON.stringify(new URL('../../../renderer/scene/prepare/packTextures.js', import.meta.url).href)});
      const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
      const bytes = readFileSync(0);
      const before = peak();
      const environment = loadEnvironment({ path: 'a.hdr', bytes });
      const { radiances, lowestExponent } = packEnvironment(environment).texels;
      const { texels } = packTextures([], [environment.rgbe, radiances]);
      const [r, , , e] = texels.subarray(4 * (8192 * 4096 - 1));
      console.log(JSON.stringify({ took: peak() - before, last: radiances[256 * (e - lowestExponent) + r] }));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', source], { input: bytes });
    const { took, last } = JSON.parse(said.toString()) as { took: number; last: number };
    assert.ok(Math.abs(last - 0.5) < 0.01, `${last}`);
    assert.ok(took > 200 * MIB && took < 384 * MIB, formatBytes(took));
  });
});
