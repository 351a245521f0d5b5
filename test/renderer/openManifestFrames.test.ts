import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { NotRetrievableError, RushesError } from '../../protocol/errors.js';
import type { Manifest } from '../../protocol/manifest.js';
import { openWatchedScene } from '../../artist/node/openWatchedScene.js';
import { type ManifestFrames, openManifestFrames } from '../../renderer/openManifestFrames.js';
import { loadScene } from '../../renderer/scene/loadScene.js';
import { poseScene } from '../../renderer/scene/poseScene.js';
import { prepareScene } from '../../renderer/scene/prepare/prepareScene.js';
import { prepareProcesses } from '../support/prepareProcesses.js';
import { createMemoryStore } from '../support/memoryStore.js';
import { smallManifest } from '../support/smallJob.js';
import { smallSceneGltf } from '../support/smallScene.js';
import { bytes32 } from '../support/leaseFixtures.js';

describe('openManifestFrames', function () {
  this.timeout(60_000);
  const store = createMemoryStore();
  const opened: ManifestFrames[] = [];
  const open = (manifest: Manifest, more: Partial<Parameters<typeof openManifestFrames>[0]> = {}): ManifestFrames => {
    const frames = openManifestFrames({ manifest, store, ...more });
    opened.push(frames);
    return frames;
  };
  afterEach(() => Promise.all(opened.splice(0).map((frames) => frames.dispose())));

  const manifestOf = (options: { scene?: Uint8Array; change?: Partial<Manifest> } = {}) =>
    smallManifest({ store, kernelHash: bytes32('00'), ...options });

  it('prepares frames in its process as they are prepared here, in whatever order', async () => {
    const manifest = await manifestOf({ change: { frames: { first: 0, last: 5, fps: 4 } } });
    const loaded = await loadScene({ entry: 'scene.gltf', read: async () => smallSceneGltf() });
    const frames = open(manifest);
    for (const frame of [3, 0, 5, 3, 1, 2, 4, 0]) {
      const here = prepareScene(
        poseScene({
          loaded,
          environment: null,
          manifestView: {
            camera: manifest.camera,
            clip: manifest.clip,
            frame,
            fps: 4,
            size: manifest.size,
            background: manifest.background,
          },
        }),
      );
      const there = await frames.prepare(frame);
      assert.equal(there.hash, here.hash);
      for (const [name, bytes] of Object.entries(here.buffers))
        assert.ok(Buffer.from(there.buffers[name]!).equals(bytes), `${name} of frame ${frame}`);
    }
  });

  it('says why a scene cannot be drawn, as it is said without a process', async () => {
    const noScene = open(await manifestOf({ scene: new TextEncoder().encode('{"asset":{"version":"1.0"}}') }));
    await assert.rejects(
      noScene.prepare(0),
      (error: unknown) =>
        error instanceof RushesError &&
        error.code === 'bad-scene' &&
        error.exitCode === 2 &&
        error.message.startsWith('scene.gltf') &&
        error.advice !== undefined,
    );
    const noClip = open(await manifestOf({ change: { clip: 'waltz' } }));
    await assert.rejects(
      noClip.prepare(0),
      (error: unknown) => error instanceof RushesError && /waltz/.test(error.message),
    );
  });

  it("rejects with the store's own error, and goes on when the files can be had", async () => {
    const manifest = await manifestOf();
    let away = true;
    const frames = open(manifest, {
      store: {
        getDirectory: (cid) => store.getDirectory(cid),
        getDirectoryFile: (cid, path) =>
          away
            ? Promise.reject(new NotRetrievableError({ cid, reason: 'the network is gone' }))
            : store.getDirectoryFile(cid, path),
      },
    });
    await assert.rejects(frames.prepare(0), NotRetrievableError);
    away = false;
    assert.match((await frames.prepare(0)).hash, /^0x/);
  });

  it('goes on after its process died', async () => {
    const frames = open(await manifestOf());
    const first = await frames.prepare(0);
    const [pid] = await prepareProcesses();
    const dying = frames.prepare(1);
    process.kill(pid!, 'SIGKILL');
    // The process may have been faster than its end.
    await dying.catch((error: unknown) =>
      assert.ok(error instanceof RushesError && error.code === 'preparation-failed', String(error)),
    );
    assert.match((await frames.prepare(1)).hash, /^0x/);
    assert.equal((await frames.prepare(0)).hash, first.hash);
  });

  it('gives its process neither a key nor the environment, and lets it read the program alone', async () => {
    process.env['RUSHES_TEST_SECRET'] = 'a secret';
    try {
      await open(await manifestOf()).prepare(0);
    } finally {
      delete process.env['RUSHES_TEST_SECRET'];
    }
    const [pid] = await prepareProcesses();
    assert.equal(await readFile(`/proc/${pid}/environ`, 'utf8'), '');
    const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    assert.ok(line.some((argument) => /^--(experimental-)?permission$/.test(argument)));
    assert.ok(!line.some((argument) => /^--allow-(fs-write|child-process|addons)/.test(argument)));
    const readable = line.filter((argument) => argument.startsWith('--allow-fs-read='));
    assert.ok(
      readable.length > 0 && readable.every((argument) => /\/(dist|node_modules)\/\*$/.test(argument)),
      line.join(' '),
    );
  });

  it('ends its process when it is disposed of, in the middle of a frame as well', async () => {
    const frames = open(await manifestOf(), {
      store: { getDirectory: (cid) => store.getDirectory(cid), getDirectoryFile: () => new Promise(() => undefined) },
    });
    const waiting = frames.prepare(0);
    while ((await prepareProcesses()).length === 0) await sleep(10);
    await frames.dispose();
    await assert.rejects(waiting, /were let go of/);
    await assert.rejects(frames.prepare(1), /were let go of/);
    for (let tries = 0; (await prepareProcesses()).length > 0; tries++) {
      assert.ok(tries < 100, 'the process is still there');
      await sleep(20);
    }
  });

  it('passes on what the budget refuses', async () => {
    const padded = new TextEncoder().encode(new TextDecoder().decode(smallSceneGltf()) + ' '.repeat(40_000_000));
    const frames = open(await manifestOf({ scene: padded }), { sceneBytes: 16 * 2 ** 20 });
    await assert.rejects(
      frames.prepare(0),
      (error: unknown) => error instanceof RushesError && error.code === 'scene-memory' && error.exitCode === 2,
    );
    assert.match((await open(await manifestOf({ scene: padded })).prepare(0)).hash, /^0x/);
  });

  it('takes over a process that has the scene already, and starts another when that one dies', async () => {
    const manifest = await manifestOf();
    const fresh = await open(manifest).prepare(1);
    await Promise.all(opened.splice(0).map((frames) => frames.dispose()));
    const scene = await openWatchedScene({
      entry: 'scene.gltf',
      read: async (path) => (path === 'scene.gltf' ? smallSceneGltf() : undefined),
      signal: new AbortController().signal,
    });
    const frames = open(manifest, {
      store: {
        getDirectory: (cid) => store.getDirectory(cid),
        getDirectoryFile: () => Promise.reject(new Error('the scene is loaded again')),
      },
      loaded: scene.process,
    });
    assert.equal((await frames.prepare(1)).hash, fresh.hash);
    assert.deepEqual(await prepareProcesses(), [scene.process.pid]);
    process.kill(scene.process.pid, 'SIGKILL');
    while (!scene.process.gone) await sleep(10);
    await assert.rejects(frames.prepare(0), /the scene is loaded again/);
  });

  it('stops with the signal, even while it waits for files', async () => {
    const stopping = new AbortController();
    const frames = open(await manifestOf(), {
      bounds: { signal: stopping.signal },
      store: { getDirectory: (cid) => store.getDirectory(cid), getDirectoryFile: () => new Promise(() => undefined) },
    });
    const waiting = frames.prepare(0);
    setTimeout(() => stopping.abort(new Error('enough')), 50);
    await assert.rejects(waiting, /enough/);
  });

  it('refuses a frame that the manifest does not have', async () => {
    await assert.rejects(open(await manifestOf()).prepare(2), /frame 2 is not among the manifest's frames 0-1/);
  });
});
