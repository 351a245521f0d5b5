import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawCidOfDigest } from '../../protocol/ids.js';
import { openMeasurements } from '../../verifier/measurements.js';
import { openSpool } from '../../worker/spool.js';
import { bytes32, jobId } from '../support/leaseFixtures.js';

const lease = { leaseId: 4, jobId: jobId('0a') };
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
    await spool.remove(4);
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

  it('a measurement reads back for the draw it was made for, and for no other', async () => {
    const measurement = {
      seed: bytes32('06'),
      prepared: [{ chunkIndex: 1, preparedHash: bytes32('07') }],
      values: Float32Array.of(1, 2, 3, 4),
      blockLeaves: Float32Array.of(5, 6),
    };
    await (await openMeasurements({ folder })).write(4, measurement);
    const measurements = await openMeasurements({ folder });
    assert.deepEqual(await measurements.read(4, bytes32('06')), measurement);
    assert.equal(await measurements.read(4, bytes32('08')), undefined);
    assert.deepEqual(await measurements.leaseIds(), [4]);
    await writeFile(join(folder, '4.measured'), new Uint8Array(50));
    assert.equal(await measurements.read(4, bytes32('06')), undefined);
    await measurements.remove(4);
    assert.deepEqual(await measurements.leaseIds(), []);
  });
});
