import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ArtistScene } from '../../artist/ArtistScene.js';
import { openWatchedScene, type WatchedScene } from '../../artist/node/openWatchedScene.js';
import { openArtistScene } from '../../artist/openArtistScene.js';
import { BadInputError, RushesError } from '../../protocol/errors.js';
import type { ReadSceneFile } from '../../renderer/scene/SceneSource.js';
import { studioEnvironment } from '../../renderer/scene/studioEnvironment.js';
import { prepareProcesses } from '../support/prepareProcesses.js';
import { smallSceneGltf } from '../support/smallScene.js';

const SHOWPIECE = fileURLToPath(new URL('../../../scenes/showpiece/', import.meta.url));
const unruly = fileURLToPath(new URL('../support/unrulyScene.child.js', import.meta.url));

describe("a scene in a watched process, on its artist's side", function () {
  this.timeout(60_000);
  const opened: WatchedScene[] = [];
  afterEach(async () => {
    for (const scene of opened.splice(0)) scene.close();
    for (let tries = 0; (await prepareProcesses()).length > 0; tries++) {
      assert.ok(tries < 250, 'a process is still there');
      await sleep(20);
    }
  });

  type Options = Partial<Parameters<typeof openWatchedScene>[0]>;
  const optionsOf = (scene: Uint8Array, more: Options): Parameters<typeof openWatchedScene>[0] => ({
    entry: 'scene.gltf',
    read: async (path) => (path === 'scene.gltf' ? scene : undefined),
    signal: new AbortController().signal,
    ...more,
  });
  async function open(scene: Uint8Array, more: Options = {}): Promise<WatchedScene> {
    const watched = await openWatchedScene(optionsOf(scene, more));
    opened.push(watched);
    return watched;
  }

  const size = { width: 96, height: 56 };
  async function seenOf(scene: ArtistScene): Promise<unknown> {
    const { entry, summary, files, missing, unsupported, unreadable } = scene;
    const clip = summary.clips[0]?.name ?? null;
    const environment = { ...studioEnvironment(), intensity: 1, source: 'studio' as const };
    return {
      ...{ entry, summary, files, missing, unsupported, unreadable, leftBytes: scene.budget.leftBytes },
      camera: await scene.frame({ clip, size }),
      pixels: await scene.decodeEnvironment(environment),
    };
  }
  async function agree(scene: Uint8Array, more: Options = {}): Promise<void> {
    const [there, here] = [await open(scene, more), await openArtistScene(optionsOf(scene, more))];
    assert.deepEqual(await seenOf(there), await seenOf(here));
  }

  it('is what it is in this thread', async () => {
    await agree(smallSceneGltf());
    const showpiece = await readFile(`${SHOWPIECE}showpiece.glb`);
    await agree(showpiece, { entry: 'showpiece.glb', read: async () => showpiece });
  });

  it('names what is missing, and lists exactly the files that it read', async () => {
    const document = JSON.parse(new TextDecoder().decode(smallSceneGltf())) as Record<string, unknown>;
    const scene = new TextEncoder().encode(
      JSON.stringify({
        ...document,
        images: [{ uri: 'there.png' }, { uri: 'lost.png' }],
        textures: [{ source: 0 }, { source: 1 }],
      }),
    );
    const read: ReadSceneFile = async (path) =>
      ({ 'scene.gltf': scene, 'there.png': new Uint8Array(8), 'other.png': new Uint8Array(8) })[path];
    await agree(scene, { read });
    const watched = await open(scene, { read });
    assert.deepEqual(
      [watched.files.map((file) => file.path), watched.missing.map((problem) => problem.name)],
      [['scene.gltf', 'there.png'], ['lost.png']],
    );
  });

  async function refused(run: Promise<unknown>): Promise<Record<string, unknown>> {
    const error: unknown = await run.then(
      () => assert.fail('it is not refused'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RushesError, String(error));
    const { code, message, advice, exitCode, facts } = error;
    return { code, message, advice, exitCode, facts };
  }

  it('is refused with the code, the sentence and the advice that it is refused with in this thread', async () => {
    const noScene = new TextEncoder().encode('{"asset":{"version":"1.0"}}');
    const padded = new TextEncoder().encode(new TextDecoder().decode(smallSceneGltf()) + ' '.repeat(40_000_000));
    for (const [scene, more] of [
      [noScene, {}],
      [padded, { sceneBytes: 16 * 2 ** 20 }],
      [smallSceneGltf(), { entry: 'another.gltf' }],
    ] as const) {
      const here = await refused(openArtistScene(optionsOf(scene, more)));
      assert.deepEqual(await refused(openWatchedScene(optionsOf(scene, more))), here);
      assert.equal(here['exitCode'], 2);
    }
  });

  it('refuses an environment that is none, alike', async () => {
    const environment = { path: 'a.hdr', bytes: new Uint8Array(100), intensity: 1, source: 'option' as const };
    const [there, here] = [await open(smallSceneGltf()), await openArtistScene(optionsOf(smallSceneGltf(), {}))];
    const said = await refused(there.decodeEnvironment(environment));
    assert.deepEqual(said, await refused(here.decodeEnvironment(environment)));
    assert.match(String(said['message']), /neither a Radiance .hdr nor an OpenEXR/);
  });

  it('passes on why a file cannot be read', async () => {
    const outside = new BadInputError({ code: 'outside-scene', message: 'it leads out of the folder' });
    await assert.rejects(
      openWatchedScene(optionsOf(smallSceneGltf(), { read: () => Promise.reject(outside) })),
      (error: unknown) => error === outside,
    );
  });

  it('is killed when it takes more memory than it may, with exit code 2', async () => {
    const said = await refused(
      openWatchedScene(
        optionsOf(smallSceneGltf(), { entry: 'eats memory', sceneBytes: 64 * 2 ** 20, program: unruly }),
      ),
    );
    assert.deepEqual([said['code'], said['exitCode']], ['scene-memory', 2]);
    assert.match(
      String(said['message']),
      /^eats memory: preparing it took \d+ MiB of memory; a scene may take 64 MiB$/,
    );
  });

  it('fails with exit code 1 when the process dies or answers something else', async () => {
    const dies = await refused(openWatchedScene(optionsOf(smallSceneGltf(), { entry: 'ends', program: unruly })));
    assert.deepEqual([dies['code'], dies['exitCode']], ['preparation-failed', 1]);
    const lies = await refused(
      openWatchedScene(optionsOf(smallSceneGltf(), { entry: 'answers another question', program: unruly })),
    );
    assert.deepEqual([lies['code'], lies['exitCode']], ['broken-invariant', 1]);
  });

  it('ends with the signal while it loads, and when it is loaded', async () => {
    const loading = new AbortController();
    const waiting = openWatchedScene(
      optionsOf(smallSceneGltf(), { entry: 'never answers', program: unruly, signal: loading.signal }),
    );
    setTimeout(() => loading.abort(new Error('enough')), 300);
    await assert.rejects(waiting, /^Error: enough$/);
    const later = new AbortController();
    const watched = await open(smallSceneGltf(), { signal: later.signal });
    later.abort(new Error('enough'));
    assert.ok(watched.process.gone);
    await assert.rejects(watched.frame({ clip: null, size }), /^Error: enough$/);
  });

  it('leaves no process when it is closed', async () => {
    const watched = await open(smallSceneGltf());
    assert.deepEqual(await prepareProcesses(), [watched.process.pid]);
    watched.close();
    assert.ok(watched.process.gone);
  });
});
