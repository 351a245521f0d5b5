import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { openChainState } from '../../../adapters/chain/openChainState.js';
import { propertyParameters } from '../../support/propertySeed.js';

const stateOf = (number: number): Buffer => gzipSync(JSON.stringify({ number, filler: 'state '.repeat(50 + number) }));

describe("a local chain's saved state", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-state-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Number of the state that a chain would go on from, and what people are told. */
  async function loaded(): Promise<{ number: number; notice: string | undefined } | undefined> {
    const found = await openChainState(folder).load();
    if (found === undefined) return undefined;
    const { number } = JSON.parse(await readFile(found.path, 'utf8')) as { number: number };
    return { number, notice: found.notice };
  }

  it('is none on a new chain, then the last one saved', async () => {
    assert.equal(await loaded(), undefined);
    const state = openChainState(folder);
    for (const number of [1, 2, 3]) {
      await state.save(stateOf(number));
      assert.deepEqual(await loaded(), { number, notice: undefined });
    }
    await state.forgetLoaded();
    assert.deepEqual((await readdir(folder)).sort(), ['chain.state.before.gz', 'chain.state.gz']);
  });

  it('is the one before, said aloud, when the newest is damaged anywhere; none is silently lost', async () => {
    const newest = stateOf(2);
    const damage = fc.oneof(
      fc.nat({ max: newest.length - 1 }).map((bytes) => ({ kind: 'cut' as const, bytes })),
      // Not the header's time, flags and system: they say nothing about the content.
      fc
        .record({ at: fc.integer({ min: 10, max: newest.length - 1 }), bit: fc.nat({ max: 7 }) })
        .map(({ at, bit }) => ({ kind: 'flip' as const, at, bit })),
      fc.constant({ kind: 'zeros' as const }),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (harm) => {
        await rm(folder, { recursive: true, force: true });
        folder = await mkdtemp(join(tmpdir(), 'rushes-state-'));
        const state = openChainState(folder);
        await state.save(stateOf(1));
        await state.save(newest);
        const bytes = Buffer.from(newest);
        if (harm.kind === 'flip') bytes[harm.at]! ^= 1 << harm.bit;
        if (harm.kind === 'zeros') bytes.fill(0);
        await writeFile(join(folder, 'chain.state.gz'), harm.kind === 'cut' ? bytes.subarray(0, harm.bytes) : bytes);
        const found = await loaded();
        assert.equal(found?.number, 1);
        assert.match(found.notice!, /^the newest state of the local chain \(.*chain\.state\.gz\) is damaged/);
        // The next save does not put the damaged one in the whole one's place.
        await state.save(stateOf(3));
        await writeFile(join(folder, 'chain.state.gz'), 'cut');
        assert.equal((await loaded())?.number, 1);
      }),
      propertyParameters(60),
    );
  });

  it('is refused in one sentence when no save is whole', async () => {
    const state = openChainState(folder);
    await state.save(stateOf(1));
    await state.save(stateOf(2));
    for (const name of ['chain.state.gz', 'chain.state.before.gz']) await writeFile(join(folder, name), 'x');
    await assert.rejects(state.load(), { code: 'chain-state-broken', exitCode: 1 });
  });

  it('is read as version 0.1.0 wrote it', async () => {
    await writeFile(join(folder, 'chain.json'), '{"number":7');
    await writeFile(join(folder, 'chain.backup.json'), '{"number":6}');
    assert.equal((await loaded())?.number, 6);
    await writeFile(join(folder, 'chain.json'), '{"number":7}');
    assert.deepEqual(await loaded(), { number: 7, notice: undefined });
    await openChainState(folder).save(stateOf(8));
    assert.equal((await loaded())?.number, 8);
  });

  it('is never older than what was said to be saved, whenever its process is killed with kill -9', async () => {
    const writer = fileURLToPath(new URL('./saveForEver.child.js', import.meta.url));
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [writer, folder, String(round * 100_000)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      await once(child.stdout, 'data');
      await sleep(37 * round);
      child.kill('SIGKILL');
      await once(child, 'close');
      const last = Number(said.trim().split('\n').at(-1));
      const found = await loaded();
      assert.ok(
        found !== undefined && found.notice === undefined && found.number >= last,
        `${found?.number} < ${last}`,
      );
    }
  });
});
