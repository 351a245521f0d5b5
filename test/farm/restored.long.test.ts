// A network's folder saved as docs/operator.md says, and brought up again on a machine that has nothing else.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openWorkshop, type Workshop } from '../support/runRushes.js';
import { writeTurningSquare } from '../support/turningSquare.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const WORK = ['--size', '64x64', '--samples', '16', '--bounces', '4', '--tile', '32'];

describe('a network that was saved', function () {
  this.timeout(400_000);
  let workshop: Workshop;
  before(async () => {
    workshop = await openWorkshop();
  });
  after(() => workshop.clear());

  it('comes back from its copy alone: what was paid for is fetched, parties keep their stake, jobs go on', async () => {
    const [first, second, copy] = ['first', 'second', 'copy'].map((name) => workshop.path(name)) as [
      string,
      string,
      string,
    ];
    const scene = await writeTurningSquare(workshop.folder);
    const on = (folder: string): string[] => ['--network', join(folder, 'network.json')];

    const up = workshop.start(['up', '--data', first, '--workers', '1', '--verifiers', '2']);
    await up.said(/end it here/);
    const key = join(first, 'keys', 'artist.key');
    const rendered = await workshop.run([
      'render',
      scene,
      ...WORK,
      '--frames',
      '0',
      ...on(first),
      '--key',
      key,
      '--out',
      workshop.path('out'),
      '--yes',
      '--json',
    ]);
    assert.equal(rendered.exitCode, 0, rendered.stderr);
    const { jobId, frames } = JSON.parse(rendered.stdout) as Report;
    up.kill('SIGINT');
    assert.equal((await up.ended).exitCode, 130);

    await copyAs('save', { '/srv/film/': `${first}/`, 'backup:film/': `${copy}/` });
    await rm(first, { recursive: true });
    await copyAs('restore', { '/srv/film/': `${second}/`, 'backup:film/': `${copy}/` });

    const again = workshop.start(['up', '--data', second, '--workers', '1', '--verifiers', '2']);
    await again.said(/end it here/);
    const fetched = await workshop.run(['fetch', jobId, ...on(second), '--out', workshop.path('fetched'), '--json']);
    assert.equal(fetched.exitCode, 0, fetched.stderr);
    const hashes = (list: { pixelHash: string }[]): string[] => list.map(({ pixelHash }) => pixelHash);
    assert.deepEqual(hashes((JSON.parse(fetched.stdout) as Report).frames), hashes(frames));
    const next = await workshop.run([
      'render',
      scene,
      ...WORK,
      '--frames',
      '1',
      ...on(second),
      '--key',
      join(second, 'keys', 'artist.key'),
      '--out',
      workshop.path('next'),
      '--yes',
      '--json',
    ]);
    assert.equal(next.exitCode, 0, next.stderr);
    const { chunks } = JSON.parse(next.stdout) as Report;
    assert.deepEqual([chunks.paid, chunks.audited], [chunks.total, chunks.total]);
  });

  /** Runs the rsync command of docs/operator.md that has this comment, with other places. */
  async function copyAs(comment: string, places: Record<string, string>): Promise<void> {
    const docs = await readFile(join(ROOT, 'docs', 'operator.md'), 'utf8');
    let command = docs.split('\n').find((line) => line.startsWith('rsync ') && line.endsWith(`# ${comment}`)) ?? '';
    assert.notEqual(command, '', `docs/operator.md has a command to ${comment}`);
    for (const [from, to] of Object.entries(places)) {
      assert.ok(command.includes(from), command);
      command = command.replace(from, to);
    }
    await run('sh', ['-c', command]);
  }
});

interface Report {
  jobId: string;
  frames: { pixelHash: string }[];
  chunks: { total: number; paid: number; audited: number };
}
