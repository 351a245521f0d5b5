import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GETH_DEV_KEY,
  type RealComponent,
  startGeth,
  startKubo,
  startSystemPostgres,
} from '../support/realComponents.js';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

describe('a network of PostgreSQL, Kubo and geth', function () {
  this.timeout(1_800_000);
  let workshop: Workshop;
  let elsewhere: string;
  const running: RealComponent[] = [];

  before(async () => {
    workshop = await openWorkshop();
    elsewhere = await mkdtemp(join(tmpdir(), 'rushes-real-'));
    await chmod(elsewhere, 0o755);
  });
  after(async () => {
    await Promise.all(running.map((component) => component.close()));
    await workshop.clear();
    await rm(elsewhere, { recursive: true, force: true });
  });

  it('renders a job by options alone: the pixels of the embedded network, to the bit', async function () {
    for (const start of [startSystemPostgres, startKubo, startGeth])
      running.push(await start(this, join(elsewhere, start.name)));
    const [postgres, kubo, geth] = running.map((component) => component.url) as [string, string, string];
    const keyFile = workshop.path('net/keys/faucet.key');
    await mkdir(join(keyFile, '..'), { recursive: true });
    await writeFile(keyFile, GETH_DEV_KEY, { mode: 0o600 });
    const description = workshop.path('network.json');
    const deployed = await workshop.run(['deploy', '--rpc', geth, '--key', keyFile, '--out', description]);
    assert.equal(deployed.exitCode, 0, deployed.stderr);

    const up = workshop.start([
      ...['up', '--data', workshop.path('net'), '--network', description, '--ipfs', kubo, '--database', postgres],
      ...['--workers', '2', '--verifiers', '3'],
    ]);
    await up.said(/the network is up/, 120_000);
    const work = ['--size', '96x96', '--bounces', '4', '--tile', '32', '--fps', '4', '--samples', '64'];
    const scene = await writeTurningSquare(workshop.folder);
    const render = (out: string, ...more: string[]) =>
      workshop.run(['render', '--yes', scene, ...work, '--out', workshop.path(out), '--json', ...more]);
    const real = await render(
      'real',
      ...['--network', workshop.path('net/network.json'), '--key', workshop.path('net/keys/artist.key')],
    );
    assert.equal(real.exitCode, 0, real.stderr);
    up.kill('SIGINT');
    assert.equal((await up.ended).exitCode, 130, up.stderr);

    const embedded = await render('embedded', '--workers', '2', '--verifiers', '3');
    assert.equal(embedded.exitCode, 0, embedded.stderr);
    const read = (json: string) =>
      JSON.parse(json) as { chunks: { total: number; paid: number; audited: number }; frames: { pixelHash: string }[] };
    const { chunks, frames } = read(real.stdout);
    assert.deepEqual([chunks.paid, chunks.audited], [chunks.total, chunks.total]);
    assert.deepEqual(
      frames.map((frame) => frame.pixelHash),
      read(embedded.stdout).frames.map((frame) => frame.pixelHash),
    );
  });
});
