import { PROBE_ERROR } from '../../artist/quote/weighChunks.js';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../../protocol/certificate/certificate.js';
import { verifyCertificate } from '../../protocol/certificate/verifyCertificate.js';
import { openWorkshop, type RunningCommand, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

interface JobStatus {
  jobId: string;
  state: string;
  chunks: { total: number; paid: number };
  fundedWei: string;
  spentWei: string;
  reservedWei: string;
  unreservedWei: string;
  withdrawnWei: string;
}

describe('rushes up', function () {
  this.timeout(300_000);
  let workshop: Workshop;
  let scene: string;
  let up: RunningCommand;
  const work = ['--size', '64x64', '--bounces', '4', '--tile', '32', '--fps', '4'];

  const bringUp = async (): Promise<void> => {
    up = workshop.start(['up']);
    await up.said(/the network is up/);
  };
  const killNine = async (pattern: RegExp): Promise<void> => {
    const found = (await workshop.processes()).find(({ command }) => pattern.test(command));
    assert.ok(found !== undefined, `no process matches ${pattern}`);
    process.kill(found.pid, 'SIGKILL');
  };

  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
    await bringUp();
  });
  after(() => workshop.clear());

  it('refuses a second network on the same folder, and a port in use, each in one sentence', async () => {
    const second = await workshop.run(['up']);
    assert.equal(second.exitCode, 1);
    assert.match(second.stderr, /^rushes: a network is already running in .* \(process \d+\)\. Use it .*\n$/);
    const port = /127\.0\.0\.1:(\d+)/.exec(up.stdout)![1]!;
    const other = await workshop.run(['up', '--data', workshop.path('other'), '--port', port]);
    assert.equal(other.exitCode, 1);
    assert.match(
      other.stderr,
      new RegExp(`^rushes: port ${port} of 127\\.0\\.0\\.1 is in use\\. Choose another .*\\n$`),
    );
  });

  it('Ctrl-C of render leaves the job running, and the same command goes on with it while processes are killed with kill -9', async () => {
    const out = workshop.path('resumed');
    const command = ['render', '--yes', scene, ...work, '--samples', '256', '--out', out];
    const first = workshop.start(command);
    const jobId = (await first.said(/job (0x[0-9a-f]{64})/))[1]!;
    first.kill('SIGINT');
    const interrupted = await first.ended;
    assert.equal(interrupted.exitCode, 130);
    assert.match(interrupted.stdout, new RegExp(`job ${jobId} goes on without this command`));

    // One worker, then one verifier, then the coordinator, then the database.
    const second = workshop.start([...command, '--json']);
    await second.said(new RegExp(`going on with job ${jobId}`));
    for (const victim of [
      /rushes\.child\.js worker .*worker-1/,
      /rushes\.child\.js verifier .*verifier-2/,
      /rushes\.child\.js coordinator/,
      /database\.child\.js/,
    ]) {
      await killNine(victim);
      await sleep(1500);
    }
    const { exitCode, stdout, stderr } = await second.ended;
    assert.equal(exitCode, 0, stderr);
    const report = JSON.parse(stdout) as {
      jobId: string;
      chunks: { total: number; paid: number };
      frames: { pixelHash: string }[];
      certificate: string;
    };
    assert.equal(report.jobId, jobId);
    assert.equal(report.chunks.paid, report.chunks.total);

    // Nothing is paid twice: every chunk is in exactly one paid lease, and every number of the certificate follows.
    const certificate = JSON.parse(await readFile(report.certificate, 'utf8')) as Certificate;
    assert.deepEqual(verifyCertificate(certificate).problems, []);
    const paid = certificate.leases.filter((lease) => lease.state === 'PAYABLE').flatMap((lease) => lease.chunks);
    assert.deepEqual(
      [...paid].sort((a, b) => a - b),
      Array.from({ length: report.chunks.total }, (_, chunk) => chunk),
    );

    const local = await workshop.run([...command.slice(0, -1), workshop.path('alone'), '--local', '--json']);
    assert.deepEqual(
      report.frames.map((frame) => frame.pixelHash),
      (JSON.parse(local.stdout) as typeof report).frames.map((frame) => frame.pixelHash),
    );
  });

  it('the database deleted in the middle of a job: it is made anew from the chain and the job ends', async () => {
    const running = workshop.start([
      'render',
      '--yes',
      scene,
      ...work,
      '--samples',
      '200',
      '--frames',
      '0-1',
      '--out',
      workshop.path('forgotten'),
      '--json',
    ]);
    await running.said(/job 0x[0-9a-f]{64}/);
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: await databaseUrl() });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('DROP SCHEMA public CASCADE');
    await client.query('CREATE SCHEMA public');
    await client.end();
    const { exitCode, stderr } = await running.ended;
    assert.equal(exitCode, 0, stderr);
    const coordinator = /coordinator +(http:\S+)/.exec(up.stdout)![1]!;
    let known: unknown[] = [];
    for (let tries = 0; tries < 100 && known.length < 2; tries++) {
      const answer = await fetch(`${coordinator}/v1/jobs`).then(
        (response) => response.json() as Promise<unknown>,
        () => undefined,
      );
      known = Array.isArray(answer) ? answer : ((answer as { jobs?: unknown[] } | undefined)?.jobs ?? []);
      if (known.length < 2) await sleep(200);
    }
    assert.ok(known.length >= 2, `the coordinator knows ${known.length} jobs again`);
  });

  it('a job is quoted at the pace of who is there, listed, paused, ranked and resumed; cancel closes it and brings back what is unreserved; status says so', async () => {
    const json = async (...args: string[]): Promise<Record<string, unknown>> => {
      const { exitCode, stdout, stderr } = await workshop.run([...args, '--json']);
      assert.equal(exitCode, 0, stderr);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const quote = await json('quote', scene, ...work, '--samples', '60000');
    assert.equal(quote['paceFrom'], 'history', 'jobs before this one were rendered here');
    const { from, to } = quote['seconds'] as { from: number; to: number };
    assert.ok(from > 0 && to >= from && Number.isFinite(to));
    assert.equal(BigInt(quote['escrowWei'] as string), 2n * BigInt(quote['mostWei'] as string));
    assert.equal(
      BigInt(quote['backWei'] as string),
      BigInt(quote['escrowWei'] as string) - BigInt(quote['priceWei'] as string),
    );
    const unasked = await workshop.run(['render', scene, ...work, '--samples', '60000', '--out', workshop.path('no')]);
    assert.equal(unasked.exitCode, 2);
    assert.match(unasked.stderr, /nobody is there to be asked whether to put [\d.]+ of test money into escrow/);
    const before = (await json('jobs'))['jobs'] as unknown[];

    const running = workshop.start([
      'render',
      '--yes',
      scene,
      ...work,
      '--samples',
      '60000',
      '--out',
      workshop.path('cancelled'),
    ]);
    const jobId = (await running.said(/job (0x[0-9a-f]{64})/))[1]!;
    const newest = async (): Promise<Record<string, unknown>> => {
      const jobs = (await json('jobs'))['jobs'] as Record<string, unknown>[];
      assert.equal(jobs.length, before.length + 1, 'what was refused was not ordered');
      return jobs[0]!;
    };
    assert.deepEqual(await json('pause', jobId), { jobId, paused: true, priority: 0 });
    assert.deepEqual(await json('priority', jobId, '7'), { jobId, paused: true, priority: 7 });
    const { paused, priority, fundedWei } = await newest();
    assert.deepEqual({ paused, priority }, { paused: true, priority: 7 });
    // On a busy machine one probe comes further than another.
    const asQuoted = Number(fundedWei) / Number(quote['escrowWei']);
    assert.ok(Math.abs(asQuoted - 1) <= 2 * PROBE_ERROR, `${asQuoted} of what was quoted`);
    assert.deepEqual(await json('resume', jobId), { jobId, paused: false, priority: 7 });
    const cancelled = await workshop.run(['cancel', jobId.slice(0, 14), '--json']);
    assert.equal(cancelled.exitCode, 0, cancelled.stderr);
    const answer = JSON.parse(cancelled.stdout) as {
      jobId: string;
      closed: boolean;
      returnedWei: string;
      unreservedWei: string;
    };
    assert.equal(answer.jobId, jobId);
    assert.equal(answer.closed, true);
    assert.ok(BigInt(answer.returnedWei) > 0n);
    assert.equal(answer.unreservedWei, '0');
    running.kill('SIGINT');
    await running.ended;
    const status = JSON.parse((await workshop.run(['status', jobId, '--json'])).stdout) as JobStatus;
    assert.equal(status.state, 'closed');
    assert.equal((await newest())['state'], 'cancelled');
    assert.equal((await workshop.run(['pause', jobId])).exitCode, 2, 'nothing of it is suggested any more');
    assert.equal(
      BigInt(status.fundedWei),
      BigInt(status.spentWei) + BigInt(status.reservedWei) + BigInt(status.unreservedWei) + BigInt(status.withdrawnWei),
    );
    assert.equal((await workshop.run(['cancel', '0xffff'])).exitCode, 2);
  });

  it('leaves nothing behind when its supervisor is killed with kill -9; the folder is taken over and knows its jobs; Ctrl-C ends it with 130', async () => {
    up.kill('SIGKILL');
    await up.ended;
    assert.deepEqual(await workshop.leftBehind(), []);
    await bringUp();
    const { jobs } = JSON.parse((await workshop.run(['status', '--json'])).stdout) as { jobs: JobStatus[] };
    assert.ok(jobs.some((job) => job.state === 'complete') && jobs.some((job) => job.state === 'closed'));
    up.kill('SIGINT');
    assert.equal((await up.ended).exitCode, 130);
    assert.deepEqual(await workshop.leftBehind(), []);
  });

  /** The database's address, from the environment that the coordinator was given. */
  async function databaseUrl(): Promise<string> {
    const coordinator = (await workshop.processes()).find(({ command }) =>
      /rushes\.child\.js coordinator/.test(command),
    )!;
    const environment = await readFile(`/proc/${coordinator.pid}/environ`, 'utf8');
    return /RUSHES_DATABASE_URL=([^\0]*)/.exec(environment)![1]!;
  }
});
