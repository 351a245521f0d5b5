import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rawCidOfDigest } from '../../protocol/ids.js';
import { openMeasurements } from '../../verifier/measurements.js';
import { openSpool } from '../../worker/spool.js';
import { bytes32, jobId, leaseId } from '../support/leaseFixtures.js';
import { mountSmallDisk } from '../support/mountSmallDisk.js';
import { skip } from '../support/skip.js';

const lease = { leaseId: leaseId(4), jobId: jobId('0a') };
const chunk = {
  output: {
    chunkIndex: 9,
    cid: rawCidOfDigest(bytes32('01')),
    pixelHash: bytes32('02'),
    leafRoot: bytes32('03'),
    preparedHash: bytes32('04'),
    kernelHash: bytes32('05'),
  },
  leaves: Float32Array.from({ length: 2048 }, (_, i) => i / 7),
};

/** Fills a small disk to the last block. */
async function fill(disk: string): Promise<void> {
  const file = await open(join(disk, 'filler'), 'w');
  for (;;) if ((await file.write(Buffer.alloc(4096, 1)).catch(() => undefined)) === undefined) break;
  await file.close();
}

describe('what daemons keep on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-spool-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('a spooled chunk reads back as it was written, also by another process', async () => {
    await (await openSpool({ folder })).write(lease, chunk);
    const spool = await openSpool({ folder });
    assert.deepEqual(await spool.read(lease, 9), chunk);
    assert.deepEqual(await spool.leaseIds(), [4]);
    await spool.remove(leaseId(4));
    assert.equal(await spool.read(lease, 9), undefined);
    assert.deepEqual(await spool.leaseIds(), []);
  });

  it('a spooled chunk that was damaged, cut short or is of another job counts as absent', async () => {
    const spool = await openSpool({ folder });
    await spool.write(lease, chunk);
    assert.equal(await spool.read({ ...lease, jobId: jobId('0b') }, 9), undefined);
    assert.equal(await spool.read(lease, 8), undefined);
    const path = join(folder, '4', (await readdir(join(folder, '4')))[0]!);
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    assert.equal(await spool.read(lease, 9), undefined);
    await writeFile(path, bytes.subarray(0, 20));
    assert.equal(await spool.read(lease, 9), undefined);
  });

  it('room reserved before a lease is taken is what its chunks are written into, whatever else fills the disk', async function () {
    const disk = await mountSmallDisk(2);
    if (disk === undefined) skip(this, 'a full disk needs root and the right to mount a tmpfs');
    try {
      const spool = await openSpool({ folder: disk.folder });
      const reservation = await spool.reserve([{ chunkIndex: 9, leafCount: 2 }]);
      const full = { chunkIndex: 0, leafCount: 1 << 20 };
      await assert.rejects(spool.reserve([full]), /the disk is full/);
      await fill(disk.folder);
      await assert.rejects(spool.reserve([{ chunkIndex: 1, leafCount: 2 }]), /the disk is full/);
      await reservation.assign(leaseId(4));
      await reservation.release();
      await spool.write(lease, chunk);
      assert.deepEqual(await (await openSpool({ folder: disk.folder })).read(lease, 9), chunk);
      await assert.rejects(
        spool.write(lease, { ...chunk, output: { ...chunk.output, chunkIndex: 10 } }),
        /the disk is full/,
        'what nothing was reserved for',
      );
      assert.deepEqual(await readdir(join(disk.folder, '4')), ['9.leaves']);
    } finally {
      await disk.close();
    }
  });

  it('room that was given back, or whose taking never ended, does not stay', async () => {
    const spool = await openSpool({ folder });
    const given = await spool.reserve([{ chunkIndex: 1, leafCount: 4 }]);
    await given.release();
    assert.deepEqual(await readdir(folder), []);
    await spool.reserve([{ chunkIndex: 1, leafCount: 4 }]);
    assert.deepEqual(await spool.leaseIds(), []);
    await openSpool({ folder });
    assert.deepEqual(await readdir(folder), []);
  });

  it('room of an earlier lease of the same number is given up, and room alone reads as no chunk', async () => {
    const spool = await openSpool({ folder });
    await spool.write({ ...lease, jobId: jobId('0b') }, chunk);
    await (await spool.reserve([{ chunkIndex: 9, leafCount: 2 }])).assign(leaseId(4));
    assert.equal(await spool.read(lease, 9), undefined);
    assert.equal(await spool.read({ ...lease, jobId: jobId('0b') }, 9), undefined);
    await spool.write(lease, chunk);
    assert.deepEqual(await spool.read(lease, 9), chunk);
  });

  it('what was rendered of a lease before its taker knew its number stays', async () => {
    const spool = await openSpool({ folder });
    const reservation = await spool.reserve([
      { chunkIndex: 9, leafCount: 2 },
      { chunkIndex: 10, leafCount: 2 },
    ]);
    await sleep(20);
    await spool.write(lease, chunk);
    await reservation.assign(leaseId(4));
    assert.deepEqual(await spool.read(lease, 9), chunk);
    const next = { ...chunk, output: { ...chunk.output, chunkIndex: 10 } };
    await spool.write(lease, next);
    assert.deepEqual(await spool.read(lease, 10), next);
    await spool.remove(leaseId(4));
    assert.deepEqual(await readdir(folder), []);
  });

  it('a measurement reads back for the draw it was made for, and for no other', async () => {
    const measurement = {
      seed: bytes32('06'),
      prepared: [{ chunkIndex: 1, preparedHash: bytes32('07') }],
      values: Float32Array.of(1, 2, 3, 4),
      blockLeaves: Float32Array.of(5, 6),
    };
    await (await openMeasurements({ folder })).write(leaseId(4), measurement);
    const measurements = await openMeasurements({ folder });
    assert.deepEqual(await measurements.read(leaseId(4), bytes32('06')), measurement);
    assert.equal(await measurements.read(leaseId(4), bytes32('08')), undefined);
    assert.deepEqual(await measurements.leaseIds(), [4]);
    await writeFile(join(folder, '4.measured'), new Uint8Array(50));
    assert.equal(await measurements.read(leaseId(4), bytes32('06')), undefined);
    await measurements.remove(leaseId(4));
    assert.deepEqual(await measurements.leaseIds(), []);
  });
});
