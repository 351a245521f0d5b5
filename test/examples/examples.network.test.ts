import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

describe('the examples', function () {
  this.timeout(300_000);
  let workshop: Workshop;
  let scene: string;

  before(async () => {
    workshop = await openWorkshop();
    scene = await writeTurningSquare(workshop.folder);
  });
  after(() => workshop.clear());

  const example = (name: string, ...args: string[]) =>
    run(process.execPath, [join('examples', name), ...args], { cwd: ROOT, env: { ...process.env, ...workshop.env } });

  it('render.sh renders here and on a network, and both pictures are equal', async () => {
    const { stdout } = await run(
      'sh',
      ['examples/render.sh', scene, workshop.path('pictures'), '--size', '48x32', '--samples', '2'],
      { cwd: ROOT, env: { ...process.env, ...workshop.env } },
    );
    assert.match(stdout, /both pictures are equal, bit for bit\n$/);
  });

  it('checkCertificate.js finds no problem in a certificate, and one where a number was changed', async () => {
    const path = workshop.path('pictures/network/certificate.json');
    assert.match((await example('checkCertificate.js', path)).stdout, /^job 0x[0-9a-f]{64}: \d+ checks, 0 problems\n$/);
    const certificate = JSON.parse(await readFile(path, 'utf8')) as { totals: { workers: { paidWei: string }[] } };
    certificate.totals.workers[0]!.paidWei += '0';
    const forged = workshop.path('forged.json');
    await writeFile(forged, JSON.stringify(certificate));
    await assert.rejects(example('checkCertificate.js', forged), (error: { code: number; stdout: string }) => {
      assert.equal(error.code, 1);
      assert.match(error.stdout, /[1-9]\d* problems\n {2}\S/);
      return true;
    });
  });

  it('orderFrame.js orders a frame once, however often it is asked', async () => {
    const up = workshop.start(['up']);
    await up.said(/the network is up/);
    const local = join(workshop.home, 'local');
    const order = () =>
      example(
        'orderFrame.js',
        join(local, 'network.json'),
        join(local, 'keys', 'artist.key'),
        scene,
        workshop.path('frame'),
      );
    const first = await order();
    const jobId = /job (0x[0-9a-f]{64}): 1 picture/.exec(first.stdout)![1]!;
    const { width, height } = await sharp(workshop.path('frame/frame-0.png')).metadata();
    assert.deepEqual([width, height], [160, 96]);
    const second = await order();
    assert.match(second.stdout, new RegExp(`job ${jobId}: 1 picture`));
    assert.match(second.stdout, /^resumed$/m);
    up.kill('SIGINT');
    await up.ended;
    assert.deepEqual(await workshop.leftBehind(), []);
  });
});
