import assert from 'node:assert/strict';
import { develop, type RememberedJob, verifyCertificate } from 'rushes';
import { readKernelHash } from 'rushes/node/readKernelHash';
import { type OrderedFrames, orderFrames } from '../support/artistProgram.js';
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
  async function render(memory: { job: RememberedJob | undefined }): Promise<OrderedFrames> {
    return orderFrames({
      network: network.network,
      key: await network.key('artist'),
      entry: 'scene.gltf',
      bytes: smallSceneGltf(),
      kernelHash: await readKernelHash({ cacheDir: undefined }),
      memory,
      signal: stopping.signal,
    });
  }

  it('publishes, orders, follows, fetches, develops and certifies a job; asked again it goes on with the same one', async () => {
    const memory: { job: RememberedJob | undefined } = { job: undefined };
    const first = await render(memory);
    assert.deepEqual(first.problems, []);
    const kinds = first.events.map((event) => event.kind);
    assert.deepEqual(
      [...new Set(kinds)].filter((kind) => kind !== 'stalled'),
      ['published', 'ordered', 'progress'],
    );
    assert.deepEqual(
      first.frames.map(({ number }) => number),
      [0, 1],
    );
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

    const forgotten: { job: RememberedJob | undefined } = { job: undefined };
    const third = await render(forgotten);
    assert.equal(third.certificate.job.jobId, memory.job!.jobId, 'found on the chain, though nobody remembers it');
    assert.equal(forgotten.job!.jobId, memory.job!.jobId);
    assert.equal(network.log.ledger.jobs.size, 1);
  });
});
