import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { connectDatabase } from '../../adapters/database/connectDatabase.js';
import { startPostgres, type PostgresServer } from '../../adapters/database/startPostgres.js';
import { getJobWish, putJobWish } from '../../adapters/http/jobWishes.js';
import { HttpAnswerError } from '../../adapters/http/httpError.js';
import { signRequests } from '../../adapters/http/signRequests.js';
import { createCoordinatorClient, type CoordinatorEvent } from '../../adapters/http/coordinatorClient.js';
import { createObjectStore } from '../../adapters/ipfs/createObjectStore.js';
import { startIpfsEndpoint, type IpfsEndpoint } from '../../adapters/ipfs/startIpfsEndpoint.js';
import { startCoordinator, type Coordinator } from '../../coordinator/startCoordinator.js';
import { RushesError } from '../../protocol/errors.js';
import { type Bytes32, type JobId, parseAddress, parseJobId } from '../../protocol/ids.js';
import { chunksOfMask } from '../../protocol/masks.js';
import type { ChainPort, ObjectStore } from '../../protocol/ports.js';
import { equalWeights, weightsProof, weightsRoot, weightsWord } from '../../protocol/weights.js';
import { random32, startNetwork, type TestNetwork } from '../adapters/chain/startNetwork.js';
import { sql } from 'kysely';
import { orderTestJob, TOKEN } from './orderTestJob.js';

const log = pino({ level: process.env['RUSHES_TEST_LOG'] ?? 'silent' }, pino.destination(2));

async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 20_000,
): Promise<T> {
  for (const end = performance.now() + deadlineMs; performance.now() < end;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  return assert.fail(`${what} did not happen within ${deadlineMs} ms`);
}

describe('coordinator on a real chain, database and IPFS endpoint', function () {
  this.timeout(120_000);
  let folder: string;
  let net: TestNetwork;
  let postgres: PostgresServer;
  let ipfs: IpfsEndpoint;
  let objects: ObjectStore;
  let coordinator: Coordinator;
  let artist: ChainPort;
  let workers: ChainPort[];
  let jobId: JobId;

  const start = (databaseUrl = postgres.url): Promise<Coordinator> =>
    startCoordinator({ network: net.network, databaseUrl, log, pollMs: 50 });
  const client = () => createCoordinatorClient({ url: coordinator.url });
  const isHealthy = async () =>
    (await fetch(new URL('/v1/health', coordinator.url))).status === 200 ? true : undefined;
  const jobIsReady = (id: JobId) => async () =>
    (
      (await client()
        .job(id)
        .catch(() => undefined)) as { documents?: string } | undefined
    )?.documents === 'ready'
      ? true
      : undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-coordinator-'));
    await chmod(folder, 0o755);
    [net, postgres, ipfs] = await Promise.all([
      startNetwork(),
      startPostgres({ folder: join(folder, 'database') }),
      startIpfsEndpoint({ folder: join(folder, 'ipfs') }),
    ]);
    net.network.ipfsApiUrl = ipfs.apiUrl;
    objects = createObjectStore({ apiUrl: ipfs.apiUrl });
    artist = await net.connect();
    workers = await Promise.all([net.connect(), net.connect()]);
    await Promise.all(
      workers.map((worker) => worker.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 1000n * TOKEN })),
    );
    coordinator = await start();
    ({ jobId } = await orderTestJob({ artist, objects, frames: 3 }));
    await until('the job is read', jobIsReady(jobId));
  });
  after(async () => {
    await coordinator?.close();
    await Promise.all([ipfs?.close(), postgres?.close(), net?.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  it('shows network, jobs, chunks and parties', async () => {
    assert.deepEqual(await client().network(), net.network);
    assert.deepEqual(
      (await client().jobs()).jobs.map((job) => job.jobId),
      [jobId],
    );
    const { chunks } = (await (await fetch(new URL(`/v1/jobs/${jobId}/chunks`, coordinator.url))).json()) as {
      chunks: { chunkIndex: number; frame: number; state: string }[];
    };
    assert.deepEqual(
      chunks.map(({ frame }) => frame),
      [5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7],
    );
    assert.ok(chunks.every(({ state }, index) => state === 'free' && chunks[index]?.chunkIndex === index));
    const parties = (await (await fetch(new URL('/v1/workers', coordinator.url))).json()) as {
      workers: { address: string; role: string; stakeWei: string }[];
    };
    assert.deepEqual(
      parties.workers.map(({ address }) => address).sort(),
      workers.map(({ account }) => account).sort(),
    );
    assert.equal(await client().job(parseJobId(random32())), undefined);
    assert.deepEqual(
      (await client().parties()).map(({ address }) => address).sort(),
      workers.map(({ account }) => account).sort(),
    );
    assert.equal((await fetch(new URL('/v1/jobs/nonsense', coordinator.url))).status, 400);
    assert.equal((await fetch(new URL('/v1/nothing', coordinator.url))).status, 404);
  });

  it('lists by pages, each of which says where the next begins', async () => {
    const ask = async (path: string): Promise<Record<string, unknown> & { nextCursor: string | null }> =>
      (await (await fetch(new URL(path, coordinator.url))).json()) as never;
    const readAll = async (path: string, name: string, limit: number): Promise<object[]> => {
      const found: object[] = [];
      let query = `limit=${limit}`;
      for (;;) {
        const { nextCursor, [name]: items } = await ask(`${path}?${query}`);
        assert.ok((items as object[]).length <= limit);
        found.push(...(items as object[]));
        if (nextCursor === null) return found;
        query = `limit=${limit}&cursor=${nextCursor}`;
      }
    };
    for (const [path, name] of [
      ['/v1/workers', 'workers'],
      [`/v1/jobs/${jobId}/chunks`, 'chunks'],
      ['/v1/jobs', 'jobs'],
    ] as const) {
      const { [name]: whole, nextCursor } = await ask(path);
      assert.equal(nextCursor, null);
      for (const limit of [1, 2, 5]) {
        const read = await readAll(path, name, limit);
        const idOf = (item: object) => Object.values(item)[0] as unknown;
        assert.deepEqual(read.map(idOf), (whole as object[]).map(idOf), `${path} by ${limit}`);
      }
    }
    for (const path of [
      '/v1/workers?cursor=x',
      `/v1/jobs?cursor=${random32()}`,
      '/v1/jobs?limit=0',
      '/v1/workers?limit=501',
    ])
      assert.equal((await fetch(new URL(path, coordinator.url))).status, 400, path);
  });

  it('suggests a frame to each worker and none to strangers; a lease taken on it is accepted by the contract', async () => {
    const [first, second] = await Promise.all(
      workers.map(({ account }) => client().suggest({ worker: account, maxChunks: 100 })),
    );
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(chunksOfMask(first.word, first.mask).length, 4);
    assert.equal(first.mask & second.mask, 0n);
    await assert.rejects(
      client().suggest({ worker: artist.account, maxChunks: 1 }),
      (error: { code?: string }) => error.code === 'not-registered',
    );

    const weights = equalWeights(12);
    const worker = workers[0] as ChainPort;
    await worker.takeLease({
      jobId,
      word: 0,
      mask: first.mask,
      weightsWord: weightsWord(weights, 0),
      weightsProof: weightsProof(weights, 0),
    });
    const job = await until('the lease shows', async () => {
      const seen = await client().job(jobId);
      return seen?.chunks.leased === 4 ? seen : undefined;
    });
    assert.equal(job.chunks.free, 8);
    const own = await until("the worker's record shows it", async () => {
      const parties = (await (await fetch(new URL('/v1/workers', coordinator.url))).json()) as {
        workers: { address: string; seenAt: string | null; seenAgoMs: number | null; leases: { open: number } }[];
      };
      return parties.workers.find(({ address, leases }) => address === worker.account && leases.open === 1);
    });
    assert.ok(Math.abs(Date.parse(own.seenAt ?? '') - Date.now()) < 60_000, String(own.seenAt));
    assert.ok(own.seenAgoMs !== null && own.seenAgoMs >= 0 && own.seenAgoMs < 60_000, String(own.seenAgoMs));
  });

  it('refuses jobs whose documents contradict the chain, waits for those that nobody provides, and suggests neither', async () => {
    const { jobId: broken } = await orderTestJob({
      artist,
      objects,
      frames: 2,
      change: (request) => ({
        ...request,
        chunkCount: request.chunkCount + 1,
        weightsRoot: weightsRoot(equalWeights(request.chunkCount + 1)),
      }),
    });
    const { jobId: missing } = await orderTestJob({
      artist,
      objects,
      frames: 2,
      change: (request) => ({ ...request, manifestDigest: random32() }),
    });
    let last: unknown;
    // Longer than the coordinator waits for one document: what is lost on the way it asks for again.
    const refused = await until(
      'the broken job is refused',
      async () => {
        const job = (await client().job(broken)) as { documents?: string; refusal?: string } | undefined;
        last = job;
        return job?.documents === 'refused' ? job : undefined;
      },
      70_000,
    ).catch((error: Error) => assert.fail(`${error.message}: ${JSON.stringify(last)}`));
    assert.match(refused.refusal ?? '', /chunks 8, the chain says 9/);
    await until('the other waits', async () =>
      ((await client().job(missing)) as { documents?: string } | undefined)?.documents === 'pending' ? true : undefined,
    );
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const suggestion = await client().suggest({ worker: (workers[1] as ChainPort).account, maxChunks: 4 });
      if (suggestion !== undefined) seen.add(suggestion.jobId);
    }
    assert.ok(!seen.has(broken) && !seen.has(missing));
  });

  it("streams a job's events, resumes after the last id, and goes on when the coordinator is started again", async () => {
    const stop = new AbortController();
    const events: CoordinatorEvent[] = [];
    const reading = (async () => {
      for await (const event of client().events(jobId, { signal: stop.signal })) events.push(event);
    })();
    await until('the first events', () => (events.some(({ event }) => event === 'progress') ? true : undefined));
    assert.deepEqual(
      events.map(({ event }) => event),
      ['JobCreated', 'JobFunded', 'LeaseTaken', 'progress'],
    );

    const { url } = coordinator;
    await coordinator.close();
    await assert.rejects(client().jobs(), (error: { code?: string }) => error.code === 'coordinator-unreachable');
    coordinator = await startCoordinator({
      network: net.network,
      databaseUrl: postgres.url,
      log,
      pollMs: 50,
      port: Number(new URL(url).port),
    });
    await artist.fundJob({ jobId, amountWei: TOKEN });
    await until('the new event', () =>
      events.filter(({ event }) => event === 'JobFunded').length === 2 ? true : undefined,
    );
    assert.ok(!events.some(({ event }) => event === 'rollback'));
    assert.deepEqual(
      events.map(({ event }) => event).filter((event) => event !== 'progress'),
      ['JobCreated', 'JobFunded', 'LeaseTaken', 'ending', 'JobFunded'],
    );

    // Resumed in the middle, and with an id that the chain does not have.
    const resumed: string[] = [];
    const enough = new AbortController();
    for await (const { event } of client().events(jobId, {
      signal: enough.signal,
      lastEventId: (events[1] as CoordinatorEvent).id,
    })) {
      resumed.push(event);
      if (event === 'progress') enough.abort();
    }
    assert.deepEqual(resumed, ['LeaseTaken', 'JobFunded', 'progress']);
    const unknown: string[] = [];
    const enough2 = new AbortController();
    for await (const { event } of client().events(jobId, { signal: enough2.signal, lastEventId: '3-0-0123456789ab' })) {
      unknown.push(event);
      if (event === 'progress') enough2.abort();
    }
    assert.deepEqual(unknown.slice(0, 2), ['rollback', 'JobCreated']);
    stop.abort();
    await reading;
  });

  it('rebuilds its database when it is dropped in the middle of a job, and goes on', async () => {
    const admin = await connectDatabase({ url: postgres.url.replace(/\/rushes$/, '/other') });
    const before = await client().job(jobId);
    await sql`DROP DATABASE rushes WITH (FORCE)`.execute(admin.db);
    await admin.close();
    const startedAt = performance.now();
    await until('it notices', async () => ((await isHealthy()) === undefined ? true : undefined), 10_000);
    await until('it is well again', isHealthy);
    await until('the job is read again', jobIsReady(jobId));
    console.log(`      rebuilt after ${Math.round(performance.now() - startedAt)} ms`);
    assert.deepEqual(await client().job(jobId), before);
    const suggestion = await until(
      'a suggestion',
      async () => await client().suggest({ worker: (workers[1] as ChainPort).account, maxChunks: 4 }),
    );
    assert.equal(chunksOfMask(suggestion.word, suggestion.mask).length, 4);
  });

  it('waits out a database that is killed, and two coordinators share one', async () => {
    const second = await start();
    try {
      process.kill(postgres.pid, 'SIGKILL');
      await postgres.closed;
      await until('it notices', async () => ((await isHealthy()) === undefined ? true : undefined), 10_000);
      postgres = await startPostgres({ folder: join(folder, 'database'), port: postgres.port });
      await until('it is well again', isHealthy);
      await until('the other too', async () =>
        (await fetch(new URL('/v1/health', second.url))).status === 200 ? true : undefined,
      );
      const { jobId: another } = await orderTestJob({ artist, objects, frames: 2 });
      await until('the new job is ready', jobIsReady(another));
      const taken = new Set<string>();
      for (let i = 0; i < 4; i++) {
        for (const url of [coordinator.url, second.url]) {
          const suggestion = await createCoordinatorClient({ url })
            .suggest({ worker: (workers[0] as ChainPort).account, maxChunks: 4 })
            .catch(() => undefined);
          if (suggestion === undefined) continue;
          for (const chunk of chunksOfMask(suggestion.word, suggestion.mask)) {
            assert.ok(!taken.has(`${suggestion.jobId}/${chunk}`), 'suggested twice');
            taken.add(`${suggestion.jobId}/${chunk}`);
          }
        }
      }
      assert.ok(taken.size >= 8);
    } finally {
      await second.close();
    }
  });

  it('ends by itself, and says why, at a database of a newer version', async () => {
    const newer = await connectDatabase({ url: postgres.url.replace(/\/rushes$/, '/newer') });
    await sql`INSERT INTO migrations (number, name, digest) VALUES (9999, 'from the future', 'y')`.execute(newer.db);
    await newer.close();
    const older = await start(postgres.url.replace(/\/rushes$/, '/newer'));
    try {
      await assert.rejects(
        older.closed,
        (error) =>
          error instanceof RushesError && error.code === 'migration' && /9999 \(from the future\)/.test(error.message),
      );
      await assert.rejects(fetch(new URL('/v1/health', older.url)), 'its port is closed');
    } finally {
      await older.close();
    }
  });

  it('ends by itself, and says why, at a database of another network, in which nothing changes', async () => {
    const other = { ...net.network, name: 'other', contract: parseAddress(`0x${'ab'.repeat(20)}`) };
    await until('the database is in use', isHealthy);
    const stranger = await startCoordinator({ network: other, databaseUrl: postgres.url, log, pollMs: 50 });
    try {
      await assert.rejects(
        stranger.closed,
        (error) =>
          error instanceof RushesError &&
          error.code === 'other-network' &&
          error.message.includes(
            `database "rushes" holds network ${net.network.name} (contract ${net.network.contract}`,
          ) &&
          error.message.includes('not network other'),
      );
    } finally {
      await stranger.close();
    }
    assert.equal(((await client().job(jobId)) as { jobId: string }).jobId, jobId);
    assert.equal(await isHealthy(), true);
  });

  it('follows a chain that went back', async () => {
    const snapshot = await net.chain.administer('evm_snapshot', []);
    const { jobId: gone } = await orderTestJob({ artist, objects, frames: 2 });
    await until('the job shows', async () => await client().job(gone));
    await net.chain.administer('evm_revert', [snapshot]);
    await until('the job is gone', async () =>
      (await isHealthy()) === true && (await client().job(gone)) === undefined ? true : undefined,
    );
    assert.equal((await client().jobs()).jobs.length, 4);

    // The same while nobody watches: a coordinator that starts again finds that its last block is of no chain any more.
    const again = await net.chain.administer('evm_snapshot', []);
    const { jobId: unseen } = await orderTestJob({ artist, objects, frames: 2 });
    await until('the job shows', async () => await client().job(unseen));
    await coordinator.close();
    await net.chain.administer('evm_revert', [again]);
    coordinator = await start();
    await until('the job is gone', async () =>
      (await isHealthy()) === true && (await client().job(unseen)) === undefined ? true : undefined,
    );
    assert.equal((await client().jobs()).jobs.length, 4);
    await until('the job is ready', jobIsReady(jobId));
    await until(
      'a suggestion of what is left',
      async () => await client().suggest({ worker: (workers[1] as ChainPort).account, maxChunks: 1 }),
    );
  });

  it("heeds what a job's artist wishes and signs, and nobody else", async () => {
    const key = random32();
    const mine = await net.connect(undefined, key);
    const { jobId: own } = await orderTestJob({ artist: mine, objects, frames: 1 });
    await until('the job is read', jobIsReady(own));
    const { url } = coordinator;
    const { signal } = new AbortController();
    const wishAs = (by: Bytes32, wish: { paused?: boolean; priority?: number }) =>
      putJobWish({ url, jobId: own, wish, signer: signRequests({ network: net.network, key: by }), signal });
    const suggested = async (): Promise<boolean> => {
      for (;;) {
        const one = await client().suggest({ worker: (workers[0] as ChainPort).account, maxChunks: 256 });
        if (one === undefined || one.jobId === own) return one !== undefined;
      }
    };
    const refusedWith = (status: number) => (error: unknown) => {
      assert.ok(error instanceof HttpAnswerError, String(error));
      assert.equal(error.status, status, error.message);
      return true;
    };

    assert.deepEqual(await wishAs(key, { paused: true }), { jobId: own, paused: true, priority: 0 });
    assert.equal(await suggested(), false);
    assert.deepEqual(await wishAs(key, { priority: -3 }), { jobId: own, paused: true, priority: -3 });
    assert.deepEqual(await getJobWish({ url, jobId: own, signal }), { jobId: own, paused: true, priority: -3 });
    assert.deepEqual(await getJobWish({ url, jobId, signal }), { jobId, paused: false, priority: 0 });

    await assert.rejects(wishAs(random32(), { paused: false }), refusedWith(403));
    const path = new URL(`/v1/jobs/${own}/wish`, url);
    const headers = { 'content-type': 'application/json' };
    const unsigned = await fetch(path, { method: 'PUT', headers, body: '{"paused":false}' });
    assert.equal(unsigned.status, 401);
    const uploading = await signRequests({ network: net.network, key }).authorization('ipfs-write', url);
    const otherPurpose = await fetch(path, {
      method: 'PUT',
      headers: { ...headers, authorization: uploading },
      body: '{"paused":false}',
    });
    assert.equal(otherPurpose.status, 401, 'what is signed for uploads wishes nothing');
    await assert.rejects(wishAs(key, { priority: 1001 }), refusedWith(400));
    assert.equal(await suggested(), false, 'nothing of that was heeded');

    await wishAs(key, { paused: false });
    assert.equal(await suggested(), true);
    await mine.closeJob({ jobId: own });
  });

  it('describes itself as the committed document says', async () => {
    const document = (await (await fetch(new URL('/openapi.json', coordinator.url))).json()) as { paths: object };
    const committed = JSON.parse(await readFile('docs/openapi.json', 'utf8')) as { paths: Record<string, object> };
    // This network has no faucet.
    delete committed.paths['/v1/faucet'];
    assert.deepEqual(document, committed);
  });
});
