import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { RememberedJob } from 'rushes';
import { readKernelHash } from 'rushes/node/readKernelHash';
import sharp from 'sharp';
import type { Certificate } from '../../protocol/certificate/certificate.js';
import { verifyCertificate } from '../../protocol/certificate/verifyCertificate.js';
import { pixelHash } from '../../protocol/hashes.js';
import { decodeExrTile } from '../../renderer/image/decodeExrTile.js';
import { orderFrames } from '../support/artistProgram.js';
import { type DaemonNetwork, startDaemonNetwork } from '../support/daemonNetwork.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { smallManifest } from '../support/smallJob.js';
import { smallSceneGltf } from '../support/smallScene.js';

interface Fetched {
  frames: { frame: number; path: string; proof: string | null; pixelHash: string }[];
  certificate: string | null;
  error: { code: string; message: string; facts: Record<string, unknown> };
}

describe('rushes fetch', function () {
  this.timeout(240_000);
  let network: DaemonNetwork;
  let workshop: Workshop;
  let description: string;
  let jobId: string;
  let pixelHashes: string[];
  const stopping = new AbortController();

  before(async () => {
    workshop = await openWorkshop();
    network = await startDaemonNetwork();
    await Promise.all([network.worker('worker'), network.verifier('verifier 1'), network.verifier('verifier 2')]);
    description = workshop.path('network.json');
    await writeFile(description, JSON.stringify(network.network));
    const memory: { job: RememberedJob | undefined } = { job: undefined };
    const ordered = await orderFrames({
      network: network.network,
      key: await network.key('artist'),
      entry: 'scene.gltf',
      bytes: smallSceneGltf(),
      kernelHash: await readKernelHash({ cacheDir: undefined }),
      memory,
      signal: stopping.signal,
    });
    jobId = memory.job!.jobId;
    pixelHashes = ordered.frames.map((frame) => frame.pixelHash);
  });
  after(async () => {
    stopping.abort();
    await network.close();
    await workshop.clear();
  });

  /** Fetches as somebody who has nothing but the network's file and some digits of the job's id. */
  async function fetch(
    args: string[],
    out = workshop.path('out'),
  ): Promise<Fetched & { exitCode: number | null; stderr: string }> {
    const args_ = ['fetch', jobId.slice(0, 12), '--network', description, '--out', out, '--json', ...args];
    const { exitCode, stdout, stderr } = await workshop.run(args_);
    return { ...(JSON.parse(stdout) as Fetched), exitCode, stderr };
  }

  it('gives one order four ways, from a machine that never saw it, and nothing is paid again', async () => {
    const jobs = network.log.ledger.jobs.size;
    const data: Buffer[] = [];
    for (const tone of ['aces', 'agx']) {
      const { exitCode, stderr, frames } = await fetch(['--tone', tone]);
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(
        frames.map((frame) => frame.pixelHash),
        pixelHashes,
      );
      data.push(await sharp(frames[1]!.path).raw().toBuffer());
    }
    assert.notDeepEqual(data[0], data[1], 'two tone maps are two pictures');

    const fine = await fetch(['--format', 'png16', '--exposure', '-1', '--frames', '1']);
    assert.equal(fine.frames.length, 1);
    assert.equal((await sharp(fine.frames[0]!.path).metadata()).depth, 'ushort');

    const radiance = await fetch(['--format', 'exr']);
    for (const { path, pixelHash: hash } of radiance.frames) {
      const halfs = decodeExrTile({ bytes: await readFile(path), width: 32, height: 32 });
      assert.equal(pixelHash(halfs), hash);
    }
    assert.equal(network.log.ledger.jobs.size, jobs);
    assert.deepEqual(await readdir(workshop.home).catch(() => []), [], 'no key was made');
  });

  it('lays the half floats and a certificate that checks beside', async () => {
    const { frames, certificate, stderr } = await fetch(['--proof'], workshop.path('proof'));
    assert.deepEqual(
      await Promise.all(
        frames.map(async ({ proof }) =>
          pixelHash(decodeExrTile({ bytes: await readFile(proof!), width: 32, height: 32 })),
        ),
      ),
      pixelHashes,
      stderr,
    );
    const checked = verifyCertificate(JSON.parse(await readFile(certificate!, 'utf8')) as Certificate);
    assert.deepEqual(checked.problems, []);
  });

  it('says what is missing of a job that is not finished, and ends with 1', async () => {
    const manifest = await smallManifest({ store: network.store, kernelHash: network.kernelHash });
    // Nobody takes what it cannot pay.
    const { jobId: poor } = await network.handIn(manifest, { budgetWei: 1n });
    const out = workshop.path('poor');
    const { exitCode, stderr, stdout } = await workshop.run([
      'fetch',
      poor,
      '--network',
      description,
      '--out',
      out,
      '--json',
    ]);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /2 of 2 frames of job 0x[0-9a-f]{64} are missing: frames 0-1 are not finished \(0 of 8 chunks are paid\)\. Run the same command again once the rest is paid/,
    );
    assert.equal((JSON.parse(stdout) as Fetched).error.code, 'frames-missing');
  });

  it('clears what it fetched of one job before it fetches another into the same folder, and keeps what is not its own', async () => {
    const out = workshop.path('shared');
    await fetch(['--format', 'exr', '--proof'], out);
    await fetch([], out);
    await writeFile(`${out}/mine.png`, 'mine');
    const files = await readdir(out);
    assert.ok(files.includes('frame-0000.exr') && files.includes('frame-0000.png'), files.join());
    const [other] = [...network.log.ledger.jobs.keys()].filter((one) => one !== jobId);
    await workshop.run(['fetch', other!, '--network', description, '--out', out]);
    assert.deepEqual((await readdir(out)).sort(), ['fetch.json', 'mine.png']);
  });

  it('refuses in one sentence: no such job, frames it lacks, options that do nothing, a network that is another', async () => {
    const refused = async (args: string[]): Promise<string> => {
      const { exitCode, stderr } = await workshop.run(['fetch', ...args]);
      assert.equal(exitCode, 2, stderr);
      assert.equal(stderr.split('\n').length, 2, stderr);
      return stderr;
    };
    assert.match(await refused(['0xfffffffff', '--network', description]), /this network has no job 0xfffffffff/);
    assert.match(await refused(['nonsense', '--network', description]), /is no job id/);
    assert.match(
      await refused([jobId, '--network', description, '--frames', '1-5', '--out', workshop.path('none')]),
      /has frames 0 to 1, not 1 to 5\. Ask for frames that it has with --frames/,
    );
    assert.match(
      await refused([jobId, '--network', description, '--format', 'exr', '--tone', 'agx']),
      /OpenEXR keeps radiance as it was rendered, so --tone has no effect/,
    );
    const other = workshop.path('other.json');
    await writeFile(other, JSON.stringify({ ...network.network, chainId: 77 }));
    assert.match(await refused([jobId, '--network', other]), /is not the network's chain: its chain id is/);
    assert.ok(!(await readdir(workshop.folder)).includes('none'), 'no empty folder is left');
  });
});
