import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { pino } from 'pino';
import { connectDatabase, type Database, isUnstorable } from '../../adapters/database/connectDatabase.js';
import { startPostgres, type PostgresServer } from '../../adapters/database/startPostgres.js';
import { fetchDocuments } from '../../coordinator/jobs/fetchDocuments.js';
import { reserveSql } from '../../coordinator/leases/reserveSql.js';
import { suggestChunks } from '../../coordinator/leases/suggestChunks.js';
import { ChainState } from '../../coordinator/store/ChainState.js';
import { emptyStore, rollBackStore, StoreMovedError, writeBlocks } from '../../coordinator/store/writeBlocks.js';
import { loadState } from '../../coordinator/store/loadState.js';
import { OtherNetworkError, type StoredNetwork } from '../../coordinator/store/storedNetwork.js';
import { refuseJobDocuments, writeJobDocuments } from '../../coordinator/store/writeJobDocuments.js';
import { type Address, type JobId, parseAddress } from '../../protocol/ids.js';
import { chunksOfMask, maskOfChunks } from '../../protocol/masks.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { propertyParameters } from '../support/propertySeed.js';
import { NOW_SECONDS, recordedChain, type RecordedChain } from './recordedChain.js';
import { leaseId } from '../support/leaseFixtures.js';

const TEST_NETWORK: StoredNetwork = { id: 'test', name: 'test' };
const worker = (n: number): Address => parseAddress(`0x${String(n).padStart(40, '0')}`);

describe('suggestions', function () {
  this.timeout(120_000);
  let folder: string;
  let postgres: PostgresServer;
  let database: Database;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-suggest-'));
    await chmod(folder, 0o755);
    postgres = await startPostgres({ folder });
    database = await connectDatabase({ url: postgres.url, maxConnections: 8 });
  });
  after(async () => {
    await database?.close();
    await postgres?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Puts a recorded chain into an empty database, jobs ready. */
  async function store(chain: RecordedChain): Promise<ChainState> {
    await emptyStore(database.db, TEST_NETWORK);
    const state = new ChainState();
    for (const { events, head } of chain.blocks) {
      const from = state.head;
      const touched = state.append(events, head);
      await writeBlocks(database.db, { network: TEST_NETWORK, state, from, events, head, touched });
    }
    for (const { jobId, documents } of chain.jobs)
      await writeJobDocuments(database.db, { jobId, documents, stateNow: () => state });
    return state;
  }
  /** Puts a recorded chain into a ledger, and gives what writes it into an empty database. */
  async function readUnwritten(chain: RecordedChain): Promise<{ state: ChainState; writeAll: () => Promise<void> }> {
    await emptyStore(database.db, TEST_NETWORK);
    const state = new ChainState();
    const blocks = chain.blocks.map(({ events, head }) => {
      const from = state.head;
      return { state, from, events, head, touched: state.append(events, head) };
    });
    return {
      state,
      async writeAll() {
        for (const block of blocks) await writeBlocks(database.db, { network: TEST_NETWORK, ...block });
      },
    };
  }
  const suggest = (by: Address, maxChunks = 256, holdMs = 60_000) =>
    suggestChunks(database.db, { worker: by, maxChunks, holdMs, nowSeconds: NOW_SECONDS });

  it('come of jobs whose documents were there before their block was written', async () => {
    const chain = recordedChain([
      { frames: 1, tiles: 4 },
      { frames: 1, tiles: 4 },
    ]);
    const [sound, broken] = chain.jobs;
    const { state, writeAll } = await readUnwritten(chain);
    const documents = () => writeJobDocuments(database.db, { ...sound!, stateNow: () => state });
    const refusal = () => refuseJobDocuments(database.db, broken!.jobId, 'in a test');
    assert.deepEqual([await documents(), await refusal()], [false, false]);
    await writeAll();
    assert.deepEqual([await documents(), await refusal()], [true, true]);
    assert.equal((await suggest(worker(1)))?.jobId, sound!.jobId);
    assert.equal(await suggest(worker(2)), undefined);
    assert.deepEqual([await documents(), await refusal()], [true, true], 'as another coordinator says it again');
  });

  it('waits with documents that it cannot use until the block of their job is written', async () => {
    const chain = recordedChain([{ frames: 1, tiles: 4 }]);
    const { state, writeAll } = await readUnwritten(chain);
    const stopping = new AbortController();
    let reads = 0;
    const objects = { getBlock: async () => (reads++, new Uint8Array(3)) } as Partial<ObjectStore> as ObjectStore;
    const fetching = fetchDocuments({
      session: { database, state, caughtUp: true },
      objects,
      signal: stopping.signal,
      log: pino({ level: 'silent' }),
    });
    while (reads < 4) await sleep(20);
    await writeAll();
    const documentsOf = async () =>
      (await database.db.selectFrom('jobs').select('documents').executeTakeFirstOrThrow()).documents;
    while ((await documentsOf()) !== 'refused') await sleep(20);
    stopping.abort();
    await fetching.closed;
  });

  for (const clip of ['\0', 'high \ud800', 'low \udc00'])
    it(`refuse documents with a text that PostgreSQL does not hold: ${JSON.stringify(clip)}`, async () => {
      const chain = recordedChain([{ frames: 1, tiles: 4 }]);
      const { state, writeAll } = await readUnwritten(chain);
      await writeAll();
      const { jobId, documents } = chain.jobs[0]!;
      const manifest = { ...documents.manifest, clip };
      await assert.rejects(
        writeJobDocuments(database.db, { jobId, documents: { ...documents, manifest }, stateNow: () => state }),
        isUnstorable,
      );
    });

  it('never overlap, whoever asks at once, and together cover everything', async () => {
    const job = fc.record({ frames: fc.integer({ min: 1, max: 8 }), tiles: fc.integer({ min: 1, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 100 }),
        async (jobs, workers, maxChunks) => {
          const chain = recordedChain(jobs.map(({ frames, tiles }) => ({ frames, tiles })));
          await store(chain);
          const taken = new Map<string, Address>();
          let idle = 0;
          await Promise.all(
            Array.from({ length: workers }, async (_, n) => {
              for (let nothing = 0; nothing < 3;) {
                const suggestion = await suggest(worker(n), maxChunks);
                if (suggestion === undefined) {
                  nothing++;
                  idle++;
                  continue;
                }
                const chunks = chunksOfMask(suggestion.word, suggestion.mask);
                const { tiles } = jobs[chain.jobs.findIndex(({ jobId }) => jobId === suggestion.jobId)] as {
                  tiles: number;
                };
                assert.ok(chunks.length <= maxChunks);
                assert.equal(new Set(chunks.map((chunk) => Math.floor(chunk / tiles))).size, 1, 'chunks of one frame');
                for (const chunk of chunks) {
                  const key: string = `${suggestion.jobId}/${chunk}`;
                  assert.equal(
                    taken.get(key),
                    undefined,
                    `${key} was suggested to ${taken.get(key)} and to ${worker(n)}`,
                  );
                  taken.set(key, worker(n));
                }
              }
            }),
          );
          assert.equal(
            taken.size,
            jobs.reduce((sum, { frames, tiles }) => sum + frames * tiles, 0),
          );
          assert.ok(idle >= workers * 3);
        },
      ),
      { ...propertyParameters(10), endOnFailure: true },
    );
  });

  it('come back when nobody took them in time', async () => {
    await store(recordedChain([{ frames: 1, tiles: 4 }]));
    const first = await suggest(worker(1), 256, 2_000);
    assert.ok(first !== undefined);
    assert.equal(await suggest(worker(2)), undefined);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    assert.deepEqual(await suggest(worker(2)), first);
  });

  it('go round between jobs', async () => {
    const chain = recordedChain([
      { frames: 6, tiles: 4 },
      { frames: 2, tiles: 4 },
      { frames: 2, tiles: 4 },
    ]);
    await store(chain);
    const order: number[] = [];
    for (let i = 0; i < 10; i++)
      order.push(chain.jobs.map(({ jobId }) => jobId).indexOf((await suggest(worker(1)))?.jobId as JobId));
    assert.deepEqual(order, [0, 1, 2, 0, 1, 2, 0, 0, 0, 0]);
  });

  it('pass over a paused job, and rank the jobs of an artist within the turns of its own', async () => {
    const [mine, others] = [{ artist: worker(90) }, { artist: worker(91) }];
    const chain = recordedChain([
      { frames: 3, tiles: 4, ...mine },
      { frames: 3, tiles: 4, ...mine },
      { frames: 3, tiles: 4, ...others },
    ]);
    const ids = chain.jobs.map(({ jobId }) => jobId);
    const wish = (job: number, wished: { paused?: boolean; priority?: number }): Promise<unknown> =>
      database.db
        .insertInto('job_wishes')
        .values({ job_id: ids[job]!, ...wished })
        .onConflict((conflict) => conflict.column('job_id').doUpdateSet(wished))
        .execute();
    const given = async (times: number): Promise<number[]> => {
      const order: number[] = [];
      for (let i = 0; i < times; i++) order.push(ids.indexOf((await suggest(worker(1)))?.jobId as JobId));
      return order;
    };
    try {
      await store(chain);
      await wish(1, { priority: 1 });
      // Two turns in three are the artist's, as they would be without a wish, and all go to the job that it ranks first.
      assert.deepEqual(await given(10), [1, 1, 2, 1, 2, 0, 2, 0, 0, -1]);

      await store(chain);
      await wish(1, { paused: true });
      assert.deepEqual(await given(4), [0, 2, 0, 2]);
      await wish(1, { paused: false, priority: -5 });
      await wish(2, { priority: 1000 });
      // A high priority of somebody else takes nothing from anybody.
      assert.deepEqual(await given(6), [0, 2, 1, 1, 1, -1]);
    } finally {
      await database.db.deleteFrom('job_wishes').execute();
    }
  });

  it('keep to money, deadline, policy and what a worker is barred from', async () => {
    // Two chunks of pay and fees, to the wei: 2 x 1000 and 2 verifiers x 10 % of that.
    await store(recordedChain([{ frames: 1, tiles: 8, unreservedWei: 2400n }]));
    assert.equal(chunksOfMask(0, (await suggest(worker(1)))?.mask ?? 0n).length, 2);
    await store(recordedChain([{ frames: 1, tiles: 8, unreservedWei: 1199n }]));
    assert.equal(await suggest(worker(1)), undefined);
    await store(recordedChain([{ frames: 1, tiles: 8, deadlineSeconds: NOW_SECONDS + 10 }]));
    assert.equal(await suggest(worker(1)), undefined);
    await store(recordedChain([{ frames: 1, tiles: 8 }], { maxChunksPerLease: 3 }));
    assert.equal(chunksOfMask(0, (await suggest(worker(1)))?.mask ?? 0n).length, 3);
    await store(recordedChain([{ frames: 1, tiles: 8 }], { maxUnitsPerLease: 5 }));
    assert.equal(chunksOfMask(0, (await suggest(worker(1)))?.mask ?? 0n).length, 5);

    const chain = recordedChain([{ frames: 1, tiles: 4 }]);
    const { jobId } = chain.jobs[0] as { jobId: JobId };
    chain.take({ leaseId: leaseId(1), jobId, worker: worker(1), chunks: [0, 1] });
    chain.endVoid(leaseId(1));
    await store(chain);
    assert.deepEqual(await suggest(worker(1)), { jobId, ...maskOfChunks([2, 3]) });
    assert.deepEqual(await suggest(worker(2)), { jobId, ...maskOfChunks([0, 1]) });
  });

  it('reserve in the database what the contract reserves, to the wei', async () => {
    const text = await readFile(new URL('../vectors/leasePrices.json', import.meta.url), 'utf8');
    const { cases } = JSON.parse(text) as {
      cases: Record<'units' | 'pricePerUnitWei' | 'redraftFeeBps' | 'verifierCount' | 'reservedWei', string | number>[];
    };
    assert.ok(cases.length > 30);
    for (const vector of cases) {
      const { rows } = await sql<{ reserve: string }>`
        SELECT ${reserveSql('g.units', 'j')}::text AS reserve
        FROM (SELECT ${vector.units}::bigint AS units) g, (
          SELECT ${vector.pricePerUnitWei}::numeric(78, 0) AS price_per_unit_wei,
            ${vector.redraftFeeBps}::integer AS reserve_fee_bps, ${vector.verifierCount}::integer AS verifier_count
        ) j`.execute(database.db);
      assert.equal(rows[0]?.reserve, vector.reservedWei, JSON.stringify(vector));
    }
  });

  it('leave out what is leased, and follow a rollback', async () => {
    const chain = recordedChain([{ frames: 2, tiles: 4 }]);
    const { jobId } = chain.jobs[0] as { jobId: JobId };
    const beforeLease = chain.blocks.at(-1)?.head.blockNumber as number;
    chain.take({ leaseId: leaseId(1), jobId, worker: worker(1), chunks: [0, 1, 2, 3] });
    const state = await store(chain);
    assert.deepEqual(await suggest(worker(2)), { jobId, ...maskOfChunks([4, 5, 6, 7]) });
    assert.equal(await suggest(worker(2)), undefined);
    state.rollBack(beforeLease);
    await rollBackStore(database.db, { network: TEST_NETWORK, state, toBlock: beforeLease });
    assert.deepEqual(await suggest(worker(2)), { jobId, ...maskOfChunks([0, 1, 2, 3]) });
    assert.equal((await database.db.selectFrom('leases').selectAll().execute()).length, 0);
  });

  it('survive in the store: what is loaded is what was written, and a store that moved is noticed', async () => {
    const chain = recordedChain([{ frames: 3, tiles: 5 }]);
    const { jobId } = chain.jobs[0] as { jobId: JobId };
    chain.take({ leaseId: leaseId(1), jobId, worker: worker(1), chunks: [0, 1] });
    const state = await store(chain);
    const loaded = await loadState(database.db, TEST_NETWORK);
    assert.deepEqual(loaded.events, state.events);
    assert.deepEqual(loaded.head, state.head);
    assert.deepEqual(loaded.ledger.jobs.get(jobId), state.ledger.jobs.get(jobId));

    // Who reads the same blocks second changes nothing; who finds fewer blocks than it wrote must start over.
    chain.take({ leaseId: leaseId(2), jobId, worker: worker(2), chunks: [2] });
    const last = chain.blocks.at(-1) as RecordedChain['blocks'][number];
    for (const each of [state, loaded]) {
      const from = each.head;
      const touched = each.append(last.events, last.head);
      await writeBlocks(database.db, { network: TEST_NETWORK, state: each, from, ...last, touched });
    }
    assert.equal((await database.db.selectFrom('leases').selectAll().execute()).length, 2);
    await emptyStore(database.db, TEST_NETWORK);
    await assert.rejects(
      writeBlocks(database.db, {
        network: TEST_NETWORK,
        state,
        from: state.head,
        events: [],
        head: { ...last.head, blockNumber: last.head.blockNumber + 1 },
        touched: state.everything(),
      }),
      StoreMovedError,
    );
  });

  it('stay what they are when another network comes: it is refused by name, whatever it tries', async () => {
    const chain = recordedChain([{ frames: 3, tiles: 5 }]);
    const state = await store(chain);
    const other = { id: `1/0x${'ab'.repeat(20)}`, name: 'other' };
    const isRefused = (error: unknown): boolean =>
      error instanceof OtherNetworkError &&
      /holds network test \(test\), not network other \(contract 0x/.test(error.message);
    const all = (): Promise<unknown> => database.db.selectFrom('events').selectAll().execute();
    const before = await all();
    const from = state.head;
    const head = { ...state.head!, blockNumber: state.head!.blockNumber + 1 };
    await assert.rejects(loadState(database.db, other), isRefused);
    await assert.rejects(emptyStore(database.db, other), isRefused);
    await assert.rejects(rollBackStore(database.db, { network: other, state, toBlock: 0 }), isRefused);
    // Also of two that both found the database empty: the second to write is told, with every head it may have.
    for (const each of [from, undefined])
      await assert.rejects(
        writeBlocks(database.db, { network: other, state, from: each, events: [], head, touched: state.everything() }),
        isRefused,
      );
    assert.deepEqual(await all(), before);
    assert.equal((await loadState(database.db, TEST_NETWORK)).head?.blockNumber, state.head!.blockNumber);
    await emptyStore(database.db, TEST_NETWORK);
    assert.equal((await loadState(database.db, other)).head, undefined, "an empty one is anybody's");
  });

  it('give each chunk out once, to eight workers who ask at the same time', async () => {
    const chain = recordedChain([{ frames: 160, tiles: 64 }]);
    await store(chain);
    const given: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        for (let one = await suggest(worker(n), 64); one !== undefined; one = await suggest(worker(n), 64))
          given.push(...chunksOfMask(one.word, one.mask).map(String));
      }),
    );
    assert.equal(given.length, 160 * 64);
    assert.equal(new Set(given).size, given.length);
  });
});
