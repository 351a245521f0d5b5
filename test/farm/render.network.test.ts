import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Certificate } from '../../protocol/certificate/certificate.js';
import { verifyCertificate } from '../../protocol/certificate/verifyCertificate.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

interface Report {
  jobId: string;
  manifestCid: string;
  frames: { frame: number; path: string; cid: string; pixelHash: string; width: number; height: number }[];
  animation: string;
  chunks: { total: number; rendered: number; audited: number; paid: number; voided: number; convicted: number };
  workers: { address: string; chunks: number; paidWei: string; slashedWei: string; cpuMs: number; rays: number }[];
  verifiers: { address: string; audits: number; paidWei: string }[];
  convictions: {
    worker: string;
    slashedWei: string;
    tests: { test: string; chunkIndex: number; measured: number; threshold: number }[];
    evidence: string[];
  }[];
  artist: { fundedWei: string; spentWei: string; unreservedWei: string; withdrawnWei: string };
  gas: { total: number; perChunk: number };
  timings: Record<string, number>;
  engine: { kind: string; raysTotal: number; raysPerCpuSecond: number; cpuSeconds: number };
  certificate: string;
}

const hashesOf = (report: Report): string[] => report.frames.map((frame) => frame.pixelHash);
const sumWei = (parties: { paidWei: string }[]): bigint =>
  parties.reduce((sum, party) => sum + BigInt(party.paidWei), 0n);

describe('rushes render on a network of its own', function () {
  this.timeout(300_000);
  let workshop: Workshop;
  let scene: string;
  let job: string[];
  let local: Report;

  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
    job = [
      'render',
      '--yes',
      scene,
      '--size',
      '80x64',
      '--samples',
      '4',
      '--bounces',
      '4',
      '--frames',
      '0-2',
      '--fps',
      '6',
      '--json',
    ];
    const { exitCode, stdout, stderr } = await workshop.run([...job, '--local', '--out', workshop.path('local')]);
    assert.equal(exitCode, 0, stderr);
    local = JSON.parse(stdout) as Report;
  });
  after(() => workshop.clear());

  it('gives the same pixels however the work is cut and however many threads there are', async () => {
    for (const cut of [
      ['--tile', '16', '--threads', '1'],
      ['--tile', '32', '--threads', '3'],
      ['--tile', '48', '--threads', '2'],
      ['--tile', '64', '--threads', '1'],
      ['--tile', '256', '--threads', '4'],
    ]) {
      const { exitCode, stdout, stderr } = await workshop.run([
        ...job,
        '--local',
        '--out',
        workshop.path('cut'),
        ...cut,
      ]);
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(hashesOf(JSON.parse(stdout) as Report), hashesOf(local), cut.join(' '));
    }
  });

  it('renders, audits and pays every chunk; the pixels are those of --local; report, certificate and chain agree to the wei', async () => {
    const out = workshop.path('honest');
    const { exitCode, stdout, stderr } = await workshop.run([...job, '--out', out]);
    assert.equal(exitCode, 0, stderr);

    // Exactly one JSON object on stdout, and the same in report.json.
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual(JSON.parse(await readFile(`${out}/report.json`, 'utf8')), report);
    assert.deepEqual(hashesOf(report), hashesOf(local));
    assert.equal(report.manifestCid, (local as Report).manifestCid);
    assert.deepEqual(report.chunks, { total: 3, rendered: 3, audited: 3, paid: 3, voided: 0, convicted: 0 });

    // The pictures are there, whole, and nothing unverified stays.
    assert.deepEqual((await readdir(out)).sort(), [
      'animation.webp',
      'certificate.json',
      'frame-0000.png',
      'frame-0001.png',
      'frame-0002.png',
      'report.json',
    ]);
    for (const frame of report.frames)
      assert.deepEqual(
        await sharp(frame.path)
          .metadata()
          .then(({ width, height }) => ({ width, height })),
        { width: 80, height: 64 },
      );
    assert.equal((await sharp(report.animation, { animated: true }).metadata()).pages, 3);

    // Every number of the certificate follows from its events and documents, and the report's from the certificate.
    const certificate = JSON.parse(await readFile(report.certificate, 'utf8')) as Certificate;
    const check = verifyCertificate(certificate);
    assert.deepEqual(check.problems, []);
    assert.ok(check.checks > 50, `${check.checks} checks`);
    assert.equal(sumWei(report.workers), sumWei(certificate.totals.workers));
    assert.equal(sumWei(report.verifiers), sumWei(certificate.totals.verifiers));
    assert.equal(String(report.gas.total), certificate.totals.gas.total);
    assert.equal(BigInt(report.artist.spentWei), sumWei(report.workers) + sumWei(report.verifiers));
    assert.equal(BigInt(report.artist.fundedWei), BigInt(report.artist.spentWei) + BigInt(report.artist.withdrawnWei));
    assert.equal(report.artist.unreservedWei, '0');
    assert.ok(report.engine.raysTotal > 0 && report.engine.raysPerCpuSecond > 0 && report.timings.totalMs! > 0);
    assert.deepEqual(await workshop.leftBehind(), []);
    assert.deepEqual(await readdir(workshop.path('tmp')), []);
  });

  it('convicts a worker that renders half the samples, and the pictures are the honest ones', async () => {
    const { exitCode, stdout, stderr } = await workshop.run([
      ...job,
      '--tile',
      '32',
      '--cheat',
      'half-samples',
      '--out',
      workshop.path('cheat'),
    ]);
    assert.equal(exitCode, 0, stderr);
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual(hashesOf(report), hashesOf(local));
    assert.ok(report.convictions.length >= 1 && report.chunks.convicted >= 1);
    const conviction = report.convictions[0]!;
    const cheater = report.workers.find((worker) => worker.address === conviction.worker)!;
    assert.equal(cheater.chunks, 0);
    assert.equal(cheater.paidWei, '0');
    assert.ok(BigInt(cheater.slashedWei) > 0n);
    assert.ok(conviction.tests.some((test) => test.test === 'T1' && test.measured > test.threshold));
    assert.ok(conviction.evidence.length > 0);
    assert.equal(report.chunks.paid, report.chunks.total);
    assert.deepEqual(
      verifyCertificate(JSON.parse(await readFile(report.certificate, 'utf8')) as Certificate).problems,
      [],
    );
    assert.deepEqual(await workshop.leftBehind(), []);
  });

  it('Ctrl-C while the network comes up, and while the job runs: 130, the money comes back, nothing stays', async () => {
    const early = workshop.start([...job, '--out', workshop.path('early')]);
    await early.said(/frames? of/);
    early.kill('SIGINT');
    assert.equal((await early.ended).exitCode, 130);
    assert.deepEqual(await workshop.leftBehind(), []);

    const late = workshop.start([
      ...job.filter((flag) => flag !== '--json'),
      '--samples',
      '4000',
      '--out',
      workshop.path('late'),
    ]);
    await late.said(/job 0x[0-9a-f]{64}/);
    late.kill('SIGINT');
    const { exitCode, stdout, stderr } = await late.ended;
    assert.equal(exitCode, 130, stderr);
    assert.match(stdout, /job closed; [\d.]+ of test money left in escrow came back/);
    assert.doesNotMatch(stderr, /\n\s+at /);
    assert.deepEqual(await workshop.leftBehind(), []);
    assert.deepEqual(await readdir(workshop.path('tmp')), []);
  });
});
