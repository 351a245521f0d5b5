import assert from 'node:assert/strict';
import type { Worker } from 'node:worker_threads';
import { NotRetrievableError, RushesError } from '../../protocol/errors.js';
import type { Manifest } from '../../protocol/manifest.js';
import { type ManifestFrames, openManifestFrames } from '../../renderer/openManifestFrames.js';
import { loadScene } from '../../renderer/scene/loadScene.js';
import { poseScene } from '../../renderer/scene/poseScene.js';
import { prepareScene } from '../../renderer/scene/prepare/prepareScene.js';
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

  it('prepares frames on its thread as they are prepared here, in whatever order', async () => {
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

  it('says why a scene cannot be drawn, as it is said without a thread', async () => {
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

  it('goes on after its thread died', async () => {
    const frames = open(await manifestOf());
    const threads: Worker[] = [];
    const note = (thread: Worker): void => void threads.push(thread);
    process.on('worker', note);
    const first = await frames.prepare(0);
    process.off('worker', note);
    const dying = frames.prepare(1);
    await threads[0]!.terminate();
    // The thread may have been faster than its end.
    await dying.catch((error: unknown) =>
      assert.ok(error instanceof RushesError && error.code === 'preparation-failed', String(error)),
    );
    assert.match((await frames.prepare(1)).hash, /^0x/);
    assert.equal((await frames.prepare(0)).hash, first.hash);
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
