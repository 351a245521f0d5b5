import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildFailedError } from '../../cli/supervisor/ChildFailedError.js';
import type { ChildEvent, ChildSpec } from '../../cli/supervisor/ChildSpec.js';
import { type RunningChild, startSupervisor, type Supervisor } from '../../cli/supervisor/startSupervisor.js';

/** A child that is ready at once, unless told otherwise by its file, and says every life of it in that file. */
const CHILD = `
import { appendFileSync, readFileSync } from 'node:fs';
process.on('disconnect', () => process.exit(0));
const [file, ...lives] = process.argv.slice(2);
appendFileSync(file, '.');
const life = lives[readFileSync(file, 'utf8').length - 1] ?? 'stays';
const fail = (exitCode) => {
  process.send({ kind: 'failed', code: 'migration', message: 'the database is newer', advice: 'drop it', exitCode });
  setTimeout(() => process.exit(1), 50);
};
if (life === 'refuses') fail(2);
else {
  process.send({ kind: 'ready', facts: {} });
  if (life === 'dies') process.exit(1);
  if (life === 'fails') fail(1);
  if (life === 'cannot') fail(2);
}
`;

describe('the supervisor', function () {
  this.timeout(60_000);
  let folder: string;
  let supervisor: Supervisor;
  let events: ChildEvent[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-test-'));
    await writeFile(join(folder, 'child.mjs'), CHILD);
  });
  beforeEach(() => {
    events = [];
    supervisor = startSupervisor({ logFolder: join(folder, 'logs'), onEvent: (event) => void events.push(event) });
  });
  afterEach(() => supervisor.close());
  after(() => rm(folder, { recursive: true }));

  const specOf = (name: string, lives: string[]): ChildSpec => ({
    name,
    modulePath: join(folder, 'child.mjs'),
    args: [join(folder, name), ...lives],
    readyMs: 30_000,
    stopMs: 5_000,
    stage: 0,
  });
  const start = (name: string, ...lives: string[]): Promise<RunningChild> => supervisor.start(specOf(name, lives));
  const livesOf = async (name: string): Promise<number> => (await readFile(join(folder, name), 'utf8')).length;
  const restarts = (): number => events.filter(({ kind }) => kind === 'restarting').length;
  const isFinal = (error: unknown): boolean =>
    error instanceof ChildFailedError &&
    error.exitCode === 2 &&
    /the database is newer/.test(error.message) &&
    error.advice === 'drop it';

  it('starts a child again that died, each time after a longer pause', async () => {
    const child = await start('dies', 'dies', 'fails', 'dies', 'stays');
    while ((await livesOf('dies')) < 4 || child.pid() === undefined) await new Promise((go) => setTimeout(go, 20));
    const pauses = events.flatMap((event) => (event.kind === 'restarting' ? [event.afterMs] : []));
    assert.equal(pauses.length, 3);
    for (const [index, ms] of pauses.entries())
      assert.ok(ms >= 125 * 2 ** index && ms <= 250 * 2 ** index, String(pauses));
  });

  it('gives a child up that dies again and again', async () => {
    await start('always', ...Array.from({ length: 10 }, () => 'dies'));
    await assert.rejects(supervisor.failed, /always died 7 times within a minute, the last time of this: exit code 1/);
    assert.equal(await livesOf('always'), 7);
  });

  it('gives a child up at once that says that what it was given cannot be used', async () => {
    await start('cannot', 'cannot');
    await assert.rejects(supervisor.failed, isFinal);
    assert.equal(await livesOf('cannot'), 1);
    assert.equal(restarts(), 0);
  });

  it('gives a child up at once that says so when it is started again', async () => {
    await start('later', 'dies', 'refuses');
    await assert.rejects(supervisor.failed, isFinal);
    assert.equal(await livesOf('later'), 2);
    assert.equal(restarts(), 1);
  });
});
