import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectDatabase, type Database } from '../adapters/database/connectDatabase.js';
import { startPostgres } from '../adapters/database/startPostgres.js';
import { suggestChunks } from '../coordinator/leases/suggestChunks.js';
import { ChainState } from '../coordinator/store/ChainState.js';
import { emptyStore, writeBlocks } from '../coordinator/store/writeBlocks.js';
import { writeJobDocuments } from '../coordinator/store/writeJobDocuments.js';
import { parseAddress } from '../protocol/ids.js';
import { NOW_SECONDS, recordedChain } from '../test/coordinator/recordedChain.js';
import { describeMachine } from './describeMachine.js';
import { median } from './median.js';
import { writeResult } from './writeResult.js';

// `npm run bench:suggestions`: how many suggestions of 64 chunks per second a coordinator's database gives, to workers
// who all ask at once, until nothing is left.
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    workers: { type: 'string', default: '8' },
    frames: { type: 'string', default: '640' },
    'no-save': { type: 'boolean', default: false },
  },
});
const BENCH_NETWORK = { id: 'bench', name: 'bench' };
const machine = describeMachine(root);
const [runs, workers, frames] = [values.runs, values.workers, values.frames].map(Number) as [number, number, number];
const folder = await mkdtemp(join(tmpdir(), 'rushes-bench-suggestions-'));
await chmod(folder, 0o755);
const postgres = await startPostgres({ folder });
const database = await connectDatabase({ url: postgres.url, maxConnections: 8 });

try {
  const perSecond: number[] = [];
  for (let run = 0; run < runs; run++) perSecond.push(await exhaust(database));
  const result = {
    suggestionsPerSecond: Math.round(median(perSecond)),
    chunksPerSecond: Math.round(64 * median(perSecond)),
    perSecond: perSecond.map(Math.round),
    workers,
    frames,
  };
  console.log(JSON.stringify({ machine, ...result }, null, 2));
  if (!values['no-save']) console.log(await writeResult({ root, bench: 'suggestions', machine, result }));
} finally {
  await database.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

/** Stores one job of frames of 64 tiles and lets the workers ask until nothing is left. */
async function exhaust({ db }: Database): Promise<number> {
  const chain = recordedChain([{ frames, tiles: 64 }]);
  await emptyStore(db, BENCH_NETWORK);
  const state = new ChainState();
  for (const { events, head } of chain.blocks) {
    const from = state.head;
    await writeBlocks(db, { network: BENCH_NETWORK, state, from, events, head, touched: state.append(events, head) });
  }
  for (const { jobId, documents } of chain.jobs)
    await writeJobDocuments(db, { jobId, documents, stateNow: () => state });
  let count = 0;
  const beganMs = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async (_, n) => {
      const worker = parseAddress(`0x${String(n).padStart(40, '0')}`);
      while (
        (await suggestChunks(db, { worker, maxChunks: 64, holdMs: 3_600_000, nowSeconds: NOW_SECONDS })) !== undefined
      )
        count++;
    }),
  );
  if (count !== frames) throw new Error(`${count} suggestions for ${frames} frames`);
  return (1000 * count) / (performance.now() - beganMs);
}
