import assert from 'node:assert/strict';
import { openArtistScene, type RememberedJob, type verifyCertificate } from 'rushes';
import sharp from 'sharp';
import { sha256 } from '../../protocol/sha256.js';
import { decodeImage } from '../../renderer/scene/decodeImage.js';
import { GltfBuilder } from '../renderer/scene/GltfBuilder.js';
import { type ArtistPage, openArtistPage, SCRIPT } from '../support/artistPage.js';
import { orderFrames } from '../support/artistProgram.js';
import { type DaemonNetwork, startDaemonNetwork } from '../support/daemonNetwork.js';
import { findChromium } from '../support/foreignPage.js';
import { skip } from '../support/skip.js';

const KINDS = ['png', 'jpeg', 'webp'] as const;

/** A picture of no pattern, in every format that scenes have. */
async function picturesOf(side: number): Promise<Uint8Array[]> {
  const rgb = Uint8Array.from({ length: 3 * side * side }, (_, at) => (Math.imul(at, 2654435761) >>> 13) & 0xff);
  const raw = { width: side, height: side, channels: 3 } as const;
  return Promise.all(
    KINDS.map(async (kind) => new Uint8Array(await sharp(rgb, { raw }).toFormat(kind, { quality: 80 }).toBuffer())),
  );
}

/** One .glb: three triangles under a lamp, each with a picture of another format. */
async function sceneOf(pictures: readonly Uint8Array[]): Promise<Uint8Array> {
  const builder = new GltfBuilder();
  for (const [index, picture] of pictures.entries()) {
    const bufferView = builder.view(picture);
    builder.push('images', { bufferView, mimeType: `image/${KINDS[index]}` });
    builder.push('textures', {
      ...(KINDS[index] === 'webp' ? { extensions: { EXT_texture_webp: { source: index } } } : { source: index }),
    });
    const material = builder.push('materials', {
      pbrMetallicRoughness: { baseColorTexture: { index }, roughnessFactor: 0.7, metallicFactor: 0 },
    });
    const mesh = builder.triangle({ material });
    builder.node({ mesh, translation: [index - 1, 0, -index] });
  }
  builder.json['extensionsUsed'] = ['KHR_lights_punctual', 'EXT_texture_webp'];
  builder.json['extensions'] = { KHR_lights_punctual: { lights: [{ type: 'directional', intensity: 3 }] } };
  builder.node({ extensions: { KHR_lights_punctual: { light: 0 } } });
  return builder.glb();
}

const PROGRAM = `
  export { orderFrames } from './dist/test/support/artistProgram.js';
  export { decodeImage } from './dist/renderer/scene/decodeImage.js';
  export { sha256 } from './dist/protocol/sha256.js';
  export { openArtistScene, verifyCertificate } from 'rushes';
`;

/** What PROGRAM exports. */
interface Program {
  orderFrames: typeof orderFrames;
  decodeImage: typeof decodeImage;
  sha256: typeof sha256;
  openArtistScene: typeof openArtistScene;
  verifyCertificate: typeof verifyCertificate;
}

describe("the artist's library in a page, in Chromium", function () {
  this.timeout(240_000);
  let network: DaemonNetwork | undefined;
  let artist: ArtistPage | undefined;
  let pictures: Uint8Array[];
  let glb: Uint8Array;

  before(async function () {
    const executablePath = findChromium();
    if (executablePath === undefined) skip(this, 'no Chromium is installed');
    pictures = await picturesOf(40);
    glb = await sceneOf(pictures);
    network = await startDaemonNetwork();
    await Promise.all([network.worker('worker'), network.verifier('verifier 1'), network.verifier('verifier 2')]);
    const files = Object.fromEntries(pictures.map((picture, index) => [`/picture.${KINDS[index]}`, picture]));
    artist = await openArtistPage({
      executablePath,
      program: PROGRAM,
      files: { ...files, '/scene.glb': glb },
      behind: { '/rpc': network.network.rpcUrl, '/api/v0': `${network.network.ipfsApiUrl}/api/v0` },
    });
  });
  after(async () => {
    await artist?.close();
    await network?.close();
  });

  it('opens a scene as Node does', async () => {
    const { page, errors } = artist!;
    const opened = await page.evaluate(async (script) => {
      const program = (await import(script)) as Program;
      const bytes = new Uint8Array(await (await fetch('/scene.glb')).arrayBuffer());
      const scene = await program.openArtistScene({
        entry: 'scene.glb',
        read: async (path) => (path === 'scene.glb' ? bytes : undefined),
        signal: new AbortController().signal,
      });
      const { summary, missing, unsupported, unreadable } = scene;
      const framed = await scene.frame({ clip: null, size: { width: 64, height: 48 } });
      return { summary: JSON.stringify(summary), missing, unsupported, unreadable, framed };
    }, SCRIPT);
    const scene = await openArtistScene({
      entry: 'scene.glb',
      read: async (path) => (path === 'scene.glb' ? glb : undefined),
      signal: new AbortController().signal,
    });
    const { summary, missing, unsupported, unreadable } = scene;
    const framed = await scene.frame({ clip: null, size: { width: 64, height: 48 } });
    assert.deepEqual(opened, { summary: JSON.stringify(summary), missing, unsupported, unreadable, framed });
    assert.deepEqual([missing, unsupported, errors], [[], [], []]);
  });

  it('decodes PNG, JPEG and WebP to the bits of Node', async () => {
    const decoded = await artist!.page.evaluate(
      async ({ script, kinds }) => {
        const program = (await import(script)) as Program;
        return Promise.all(
          kinds.map(async (kind) => {
            const file = `/picture.${kind}`;
            const bytes = new Uint8Array(await (await fetch(file)).arrayBuffer());
            const { width, height, rgba } = await program.decodeImage({ file, where: 'image', bytes });
            return { width, height, hash: Array.from(program.sha256(rgba)) };
          }),
        );
      },
      { script: SCRIPT, kinds: KINDS },
    );
    const expected = await Promise.all(
      pictures.map(async (bytes, index) => {
        const { width, height, rgba } = await decodeImage({ file: KINDS[index]!, where: 'image', bytes });
        return { width, height, hash: [...sha256(rgba)] };
      }),
    );
    assert.deepEqual(decoded, expected);
  });

  it('orders, follows and certifies a job, and fetches the frames that Node fetches', async () => {
    const { page, origin, errors } = artist!;
    const key = await network!.key('artist in a page');
    const { kernelHash } = network!;
    const there = await page.evaluate(
      async ({ script, ...given }) => {
        const program = (await import(script)) as Program;
        const bytes = new Uint8Array(await (await fetch('/scene.glb')).arrayBuffer());
        const memory: { job: RememberedJob | undefined } = { job: undefined };
        const { signal } = new AbortController();
        const ordered = await program.orderFrames({ ...given, entry: 'scene.glb', bytes, memory, signal });
        return {
          job: memory.job,
          problems: ordered.problems,
          kinds: ordered.events.map(({ kind }) => kind),
          frames: ordered.frames.map(({ number, frame, pixelHash }) => ({
            number,
            pixelHash,
            halfs: Array.from(frame.halfs),
          })),
          certificate: JSON.stringify(ordered.certificate),
          doubts: program.verifyCertificate(ordered.certificate).problems,
        };
      },
      {
        script: SCRIPT,
        network: { ...network!.network, rpcUrl: `${origin}/rpc`, ipfsApiUrl: origin },
        key,
        kernelHash,
      },
    );
    assert.deepEqual([there.problems, there.doubts, errors], [[], [], []]);
    assert.ok(there.kinds.includes('ordered'), there.kinds.join(', '));

    const here = await orderFrames({
      network: network!.network,
      key,
      entry: 'scene.glb',
      bytes: glb,
      kernelHash,
      memory: { job: there.job },
      signal: new AbortController().signal,
    });
    assert.ok(here.events.some((event) => event.kind === 'resumed' && event.chunksPaid === event.chunkCount));
    assert.deepEqual(
      there.frames,
      here.frames.map(({ number, frame, pixelHash }) => ({ number, pixelHash, halfs: [...frame.halfs] })),
    );
    assert.equal(there.certificate, JSON.stringify(here.certificate));
    assert.ok(new Set(here.frames[0]!.frame.halfs).size > 10, 'a picture of something');
  });
});
