import assert from 'node:assert/strict';
import { type CollectedFrame } from '../../artist/fetchFrame.js';
import { fetchJob } from '../../artist/fetchJob.js';
import type { ChainWatch } from '../../artist/watchChain.js';
import { IpfsEndpointError } from '../../adapters/ipfs/fetchVerified.js';
import { BadInputError, MalformedError } from '../../protocol/errors.js';
import { chunkRect, geometryOf } from '../../protocol/geometry.js';
import { pixelHash } from '../../protocol/hashes.js';
import type { Cid } from '../../protocol/ids.js';
import { CHUNK_STATES, type ChunkState, type LedgerJob } from '../../protocol/ledger.js';
import { encodeManifest, type Manifest } from '../../protocol/manifest.js';
import { encodeOutputs } from '../../protocol/outputs.js';
import { encodeExrTile } from '../../renderer/image/encodeExrTile.js';
import { bytes32, commitment, jobId, leaseId, WORKER } from '../support/leaseFixtures.js';
import { createMemoryStore, type MemoryStore } from '../support/memoryStore.js';
import { smallManifest } from '../support/smallJob.js';

/** A job of three frames, numbers 5 to 7, of four chunks each, every one published; chunk n is full of the half n + 1. */
async function publishedJob(): Promise<{
  store: MemoryStore;
  manifest: Manifest;
  job: LedgerJob;
  watch: ChainWatch;
  tiles: Cid[];
  set(chunkIndex: number, state: ChunkState): void;
}> {
  const store = createMemoryStore();
  const manifest = await smallManifest({
    store,
    kernelHash: bytes32('0c'),
    change: { frames: { first: 5, last: 7, fps: 4 } },
  });
  const encoded = encodeManifest(manifest);
  await store.putBlock(encoded.bytes);
  const geometry = geometryOf(manifest);
  const tiles: Cid[] = [];
  const chunks = [];
  for (let chunkIndex = 0; chunkIndex < 12; chunkIndex++) {
    const { width, height } = chunkRect(geometry, chunkIndex);
    const halfs = new Uint16Array(width * height * 4).fill(chunkIndex + 1);
    const cid = await store.putFile(await encodeExrTile({ width, height, halfs }));
    tiles.push(cid);
    const hashes = { leafRoot: bytes32('01'), preparedHash: bytes32('02'), kernelHash: bytes32('0c') };
    chunks.push({ chunkIndex, cid, pixelHash: pixelHash(halfs), ...hashes });
  }
  const outputs = encodeOutputs({ jobId: jobId('0a'), leaseId: leaseId(7), worker: WORKER, chunks });
  await store.putBlock(outputs.bytes);
  const job = {
    jobId: jobId('0a'),
    manifestDigest: encoded.digest,
    chunkStates: new Uint8Array(12).fill(CHUNK_STATES.indexOf('paid')),
    chunkLeases: new Float64Array(12).fill(7),
  } as unknown as LedgerJob;
  const lease = { state: 'PAYABLE', commitment: commitment({ outputsDigest: outputs.digest }) };
  const watch = {
    log: { ledger: { leases: new Map([[leaseId(7), lease]]) } },
    signal: new AbortController().signal,
  } as unknown as ChainWatch;
  const set = (chunkIndex: number, state: ChunkState): void =>
    void (job.chunkStates[chunkIndex] = CHUNK_STATES.indexOf(state));
  return { store, manifest, job, watch, tiles, set };
}

async function fetchAll(
  { store, job, watch }: Pick<Awaited<ReturnType<typeof publishedJob>>, 'store' | 'job' | 'watch'>,
  frames?: { first: number; last: number },
): Promise<{ got: CollectedFrame[]; absent: Awaited<ReturnType<typeof fetchJob>>['absent'] }> {
  const got: CollectedFrame[] = [];
  const onFrame = (frame: CollectedFrame): void => void got.push(frame);
  const { absent } = await fetchJob({ job, watch, store, frames, onFrame, patienceMs: 0 });
  return { got, absent };
}

describe('fetching a job', () => {
  it('hands over the frames that are asked for, by their numbers, each tile where it belongs', async () => {
    const published = await publishedJob();
    const { got, absent } = await fetchAll(published, { first: 6, last: 7 });
    assert.deepEqual(absent, []);
    assert.deepEqual(
      got.map(({ number }) => number),
      [6, 7],
    );
    const { halfs, width } = got[0]!.frame;
    const corner = (x: number, y: number): number => halfs[(y * width + x) * 4]!;
    assert.deepEqual([corner(0, 0), corner(40, 0), corner(0, 35), corner(40, 35)], [5, 6, 7, 8]);
  });

  it('says how much of a frame is paid that is not, and fetches the others', async () => {
    const published = await publishedJob();
    published.set(4, 'committed');
    published.set(5, 'free');
    const { got, absent } = await fetchAll(published);
    assert.deepEqual(
      got.map(({ number }) => number),
      [5, 7],
    );
    assert.deepEqual(absent, [{ number: 6, why: 'unpaid', chunksPaid: 2, chunkCount: 4 }]);
  });

  it('fetches the other frames where nobody has a tile, or has another picture than was paid for', async () => {
    const published = await publishedJob();
    const { store, tiles } = published;
    store.blocks.delete(tiles[1]!);
    store.blocks.set(tiles[9]!, store.blocks.get(tiles[10]!)!);
    const { got, absent } = await fetchAll(published);
    assert.deepEqual(
      got.map(({ number }) => number),
      [6],
    );
    assert.deepEqual(
      absent.map((frame) => [frame.number, frame.why === 'unavailable' && frame.error.code]),
      [
        [5, 'not-retrievable'],
        [7, 'malformed'],
      ],
    );
  });

  it('refuses frames that the job does not have', async () => {
    const published = await publishedJob();
    for (const frames of [
      { first: 4, last: 5 },
      { first: 7, last: 8 },
    ])
      await assert.rejects(fetchAll(published, frames), /has frames 5 to 7, not/);
  });

  it('says that nobody has the manifest', async () => {
    const published = await publishedJob();
    const { store, job, watch } = published;
    const none = { ...job, manifestDigest: bytes32('77') };
    await assert.rejects(fetchAll({ store, job: none, watch }), /nobody has the manifest of job 0x0a0a/);
  });

  it('ends where the store itself is away, instead of calling every frame absent', async () => {
    const { store, job, watch } = await publishedJob();
    const away = {
      ...store,
      getFile: () => {
        const cause = new Error('it is closed');
        return Promise.reject(new IpfsEndpointError({ endpoint: 'http://x', doing: 'to give', cause }));
      },
    };
    await assert.rejects(fetchAll({ store: away, job, watch }), { code: 'ipfs-refused' });
  });

  it('throws what writing a frame throws', async () => {
    const { store, job, watch } = await publishedJob();
    const failures = [
      new Error('the disk is full'),
      // Codes that would say something of the frame, had fetching it thrown them.
      new BadInputError({ message: 'an exposure of 99', advice: 'Use less.' }),
      new MalformedError({ what: 'frame', reason: 'its writer says so' }),
    ];
    for (const failure of failures) {
      const onFrame = (): never => {
        throw failure;
      };
      await assert.rejects(fetchJob({ job, watch, store, frames: undefined, onFrame }), failure);
    }
  });
});
