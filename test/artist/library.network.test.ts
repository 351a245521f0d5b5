import assert from 'node:assert/strict';
import {
  type ArtistEvent,
  type Certificate,
  type CollectedFrame,
  chooseEnvironment,
  collectFrames,
  connectArtist,
  develop,
  followJob,
  gatherCertificate,
  openArtistScene,
  orderJob,
  publishJob,
  type RememberedJob,
  resolveView,
  verifyCertificate,
  watchChain,
  withdrawRest,
} from 'rushes';
import { readKernelHash } from 'rushes/node/readKernelHash';
import { type DaemonNetwork, startDaemonNetwork } from '../support/daemonNetwork.js';
import { smallSceneGltf } from '../support/smallScene.js';

// As a program of somebody else: everything comes from the package's own name, nothing from its folders.
describe("the artist's library, by the package's name", function () {
  this.timeout(240_000);
  let network: DaemonNetwork;
  const stopping = new AbortController();

  before(async () => {
    network = await startDaemonNetwork();
    await Promise.all([network.worker('worker'), network.verifier('verifier 1'), network.verifier('verifier 2')]);
  });
  after(async () => {
    stopping.abort();
    await network.close();
  });

  /** Orders the small scene's job, or goes on with it, and follows it to its end. */
  async function render(memory: { job: RememberedJob | undefined }): Promise<{
    events: ArtistEvent[];
    frames: CollectedFrame[];
    certificate: Certificate;
  }> {
    const { signal } = stopping;
    const session = await connectArtist({ network: network.network, key: await network.key('artist'), signal });
    const bytes = smallSceneGltf();
    const read = async (path: string): Promise<Uint8Array | undefined> => (path === 'scene.gltf' ? bytes : undefined);
    const scene = await openArtistScene({ entry: 'scene.gltf', read, signal });
    assert.deepEqual([scene.missing, scene.unsupported], [[], []]);
    const environment = await chooseEnvironment({
      given: undefined,
      intensity: 1,
      summary: scene.summary,
      read,
      budget: scene.budget,
    });
    const view = await resolveView({
      scene,
      environment,
      options: {
        camera: undefined,
        orbit: undefined,
        target: undefined,
        fov: undefined,
        background: undefined,
        clip: undefined,
        frames: { first: 0, last: 1 },
        fps: 4,
        size: { width: 32, height: 32 },
        samples: 4,
        batches: undefined,
        bounces: 2,
        seed: 3,
        tile: 32,
      },
    });
    const events: ArtistEvent[] = [];
    const onEvent = (event: ArtistEvent): void => void events.push(event);
    const kernelHash = await readKernelHash({ cacheDir: undefined });
    const { manifest } = await publishJob({
      store: session.store,
      scene,
      environment,
      view,
      kernelHash,
      onEvent,
      signal,
    });
    const watch = watchChain({ network: session.network, signal, onEvent });
    try {
      const order = await orderJob({
        session,
        watch,
        manifest,
        memory: { read: async () => memory.job, write: async (job) => void (memory.job = job) },
        budgetWei: undefined,
        deadlineMinutes: 24 * 60,
        onEvent,
      });
      const frames: CollectedFrame[] = [];
      const collector = collectFrames({
        manifest,
        store: session.store,
        onFrame: (frame) => void frames.push(frame),
        onEvent,
        signal: watch.signal,
      });
      await followJob({ session, watch, order, collector, onEvent });
      await withdrawRest({ session, watch, jobId: order.jobId, onEvent });
      const { outputs } = collector;
      const certificate = await gatherCertificate({ session, watch, order, manifest, outputs, onEvent });
      return { events, frames, certificate };
    } finally {
      await watch.stop();
    }
  }

  it('publishes, orders, follows, fetches, develops and certifies a job; asked again it goes on with the same one', async () => {
    const memory: { job: RememberedJob | undefined } = { job: undefined };
    const first = await render(memory);
    const kinds = first.events.map((event) => event.kind);
    assert.deepEqual(
      [...new Set(kinds)].filter((kind) => kind !== 'stalled'),
      ['published', 'ordered', 'progress'],
    );
    assert.deepEqual(first.frames.map(({ number }) => number).sort(), [0, 1]);
    const picture = develop({
      frame: first.frames[0]!.frame,
      look: { toneMap: 'aces', exposureEv: 0, alpha: 'opaque', bits: 8 },
    });
    assert.deepEqual([picture.width, picture.height], [32, 32]);
    assert.deepEqual(verifyCertificate(first.certificate).problems, []);
    assert.equal(first.certificate.job.jobId, memory.job!.jobId);

    const second = await render(memory);
    assert.equal(second.certificate.job.jobId, first.certificate.job.jobId, 'paid once');
    assert.ok(second.events.some((event) => event.kind === 'resumed' && event.chunksPaid === event.chunkCount));
    assert.deepEqual(
      second.frames.map(({ pixelHash }) => pixelHash),
      first.frames.map(({ pixelHash }) => pixelHash),
    );
  });
});
