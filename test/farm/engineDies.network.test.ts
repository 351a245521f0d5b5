import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../../protocol/certificate/certificate.js';
import { verifyCertificate } from '../../protocol/certificate/verifyCertificate.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

interface Party {
  name: string;
  slashedWei?: string;
  engineRestarts: number;
}

interface Report {
  frames: { pixelHash: string }[];
  chunks: Record<'total' | 'rendered' | 'audited' | 'paid' | 'voided' | 'convicted', number>;
  workers: Party[];
  verifiers: Party[];
  convictions: unknown[];
  artist: { fundedWei: string; spentWei: string; unreservedWei: string; withdrawnWei: string };
  engine: { restarts: number };
}

describe('a render thread that dies in the middle of its work', function () {
  this.timeout(240_000);
  let workshop: Workshop;
  let job: string[];
  let hashes: string[];

  const readReport = async (out: string): Promise<Report> =>
    JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Report;
  const hashesOf = (report: Report): string[] => report.frames.map((frame) => frame.pixelHash);

  /** What kills render threads of a command, `kills` of them at most. */
  async function killing({
    command,
    afterMs,
    kills,
  }: {
    command: 'worker' | 'verifier' | 'render';
    afterMs: number;
    kills: number;
  }): Promise<NodeJS.ProcessEnv> {
    const marks = workshop.path(`killed in ${command}, at most ${kills}`);
    await mkdir(marks);
    return {
      NODE_OPTIONS: `--import ${new URL('../support/killRenderThread.preload.js', import.meta.url).href}`,
      RUSHES_TEST_KILL_IN: command,
      RUSHES_TEST_KILL_AFTER_MS: String(afterMs),
      RUSHES_TEST_KILLS: String(kills),
      RUSHES_TEST_KILL_MARKS: marks,
    };
  }

  /** What a daemon of the network that is up says of its engine. */
  async function engineLog(name: string): Promise<Record<string, unknown>> {
    for (let tries = 0; tries < 1200; tries++) {
      const logs = (await readdir(workshop.path('tmp'), { recursive: true })).filter((path) =>
        new RegExp(`logs/${name}-\\d\\.log$`).test(path),
      );
      const lines = (await Promise.all(logs.map((path) => readFile(workshop.path(`tmp/${path}`), 'utf8')))).flatMap(
        (text) => text.split('\n'),
      );
      const line = lines.find((text) => text.includes('"engine-failed"'));
      if (line !== undefined) return JSON.parse(line) as Record<string, unknown>;
      await sleep(100);
    }
    throw new Error(`no ${name} says that its engine failed`);
  }

  before(async () => {
    workshop = await openWorkshop();
    job = [
      'render',
      '--yes',
      await writeTurningSquare(workshop.folder),
      '--size',
      '80x64',
      '--samples',
      '1500',
      '--bounces',
      '4',
      '--frames',
      '0-1',
      '--fps',
      '6',
    ];
    const { exitCode, stderr } = await workshop.run([...job, '--local', '--out', workshop.path('undisturbed')]);
    assert.equal(exitCode, 0, stderr);
    const undisturbed = await readReport(workshop.path('undisturbed'));
    assert.equal(undisturbed.engine.restarts, 0);
    hashes = hashesOf(undisturbed);
  });
  after(() => workshop.clear());

  for (const { command, afterMs } of [
    { command: 'worker', afterMs: 100 },
    { command: 'verifier', afterMs: 15 },
  ] as const) {
    it(`of a ${command}: a fresh engine does it again, every chunk is audited and paid, nobody is punished`, async () => {
      const out = workshop.path(command);
      const running = workshop.start([...job, '--out', out], await killing({ command, afterMs, kills: 1 }));
      const logged = await engineLog(command);
      const { exitCode, stdout, stderr } = await running.ended;
      assert.equal(exitCode, 0, stderr);
      assert.equal(stderr, '');
      assert.match(
        logged['msg'] as string,
        /^lease task failed: the render engine failed: a render thread failed: [^\n]+$/,
      );
      assert.match(logged['advice'] as string, /started anew/);
      assert.match(
        stdout,
        new RegExp(
          `\\n${command}-\\d: its render engine failed and was started anew; what was under way was rendered again\\n`,
        ),
      );

      const report = await readReport(out);
      assert.deepEqual(hashesOf(report), hashes);
      assert.deepEqual(report.chunks, { total: 2, rendered: 2, audited: 2, paid: 2, voided: 0, convicted: 0 });
      assert.deepEqual(report.convictions, []);
      assert.deepEqual(
        report.workers.filter((worker) => worker.slashedWei !== '0'),
        [],
      );
      const restarted = [...report.workers, ...report.verifiers].filter((party) => party.engineRestarts > 0);
      assert.deepEqual(
        restarted.map((party) => [party.name.split('-')[0], party.engineRestarts]),
        [[command, 1]],
      );
      assert.equal(report.engine.restarts, 1);
      assert.equal(
        BigInt(report.artist.fundedWei),
        BigInt(report.artist.spentWei) + BigInt(report.artist.withdrawnWei),
      );
      assert.equal(report.artist.unreservedWei, '0');
      const certificate = JSON.parse(await readFile(join(out, 'certificate.json'), 'utf8')) as Certificate;
      assert.deepEqual(verifyCertificate(certificate).problems, []);
      assert.deepEqual(
        (certificate.events as { name: string }[]).filter(({ name }) => /Slashed|Convicted/.test(name)),
        [],
      );
      assert.deepEqual(await workshop.leftBehind(), []);
      assert.deepEqual(await readdir(workshop.path('tmp')), []);
    });
  }

  it('of --local: a fresh engine does it again, and one line says so', async () => {
    const out = workshop.path('alone');
    const { exitCode, stdout, stderr } = await workshop.run(
      [...job, '--local', '--out', out],
      await killing({ command: 'render', afterMs: 100, kills: 1 }),
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(stderr, '');
    assert.equal(
      stdout.match(
        /^the render engine failed: a render thread failed: .+; it is started anew and renders the chunk again$/gm,
      )?.length,
      1,
      stdout,
    );
    const report = await readReport(out);
    assert.deepEqual(hashesOf(report), hashes);
    assert.equal(report.engine.restarts, 1);
    assert.deepEqual(await workshop.leftBehind(), []);
  });

  it('of --local, again and again: one sentence, exit code 1, and no file that looks like a result', async () => {
    const out = workshop.path('hopeless');
    const { exitCode, stderr } = await workshop.run(
      [...job, '--local', '--out', out],
      await killing({ command: 'render', afterMs: 100, kills: 1000 }),
    );
    assert.match(stderr, /^rushes: a render thread failed: .+\. Render again; .+\.\n$/);
    assert.equal(exitCode, 1);
    await assert.rejects(readdir(out), { code: 'ENOENT' });
    assert.deepEqual(await workshop.leftBehind(), []);
  });
});
