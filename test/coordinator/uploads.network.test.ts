import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectChain } from '../../adapters/chain/connectChain.js';
import { connectDatabase, type Database } from '../../adapters/database/connectDatabase.js';
import { type PostgresServer, startPostgres } from '../../adapters/database/startPostgres.js';
import { signRequests } from '../../adapters/http/signRequests.js';
import { createObjectStore } from '../../adapters/ipfs/createObjectStore.js';
import { type IpfsEndpoint, startIpfsEndpoint } from '../../adapters/ipfs/startIpfsEndpoint.js';
import { type Coordinator, startCoordinator } from '../../coordinator/startCoordinator.js';
import type { Cid } from '../../protocol/ids.js';
import { encodeOutputs } from '../../protocol/outputs.js';
import type { ObjectStore } from '../../protocol/ports.js';
import { equalWeights, weightsProof, weightsWord } from '../../protocol/weights.js';
import { random32, startNetwork, type TestNetwork } from '../adapters/chain/startNetwork.js';
import { fundAccount } from '../support/fundAccount.js';
import { bytes32 } from '../support/leaseFixtures.js';
import { testLog } from '../support/smallNetwork.js';
import { orderTestJob, TOKEN } from './orderTestJob.js';

const MIB = 2 ** 20;
const HOUR_SECONDS = 3600;

describe('what others store over the port of a coordinator', function () {
  this.timeout(120_000);
  let folder: string;
  let net: TestNetwork;
  let postgres: PostgresServer;
  let ipfs: IpfsEndpoint;
  let database: Database;
  let coordinator: Coordinator;
  /** The endpoint as its operator reaches it. */
  let direct: ObjectStore;
  let laterSeconds = 0;
  const nowSeconds = (): number => Math.floor(Date.now() / 1000) + laterSeconds;

  const storeOf = (key: string): ObjectStore =>
    createObjectStore({
      apiUrl: `${coordinator.url}/api/v0`,
      signer: signRequests({ network: net.network, key, nowSeconds }),
    });
  const stranger = (): ObjectStore => storeOf(random32());
  const someBytes = (size: number): Uint8Array => new Uint8Array(randomBytes(size));
  const isPinned = async (cid: Cid): Promise<boolean> =>
    (await fetch(`${ipfs.apiUrl}/api/v0/pin/ls?arg=${cid}`, { method: 'POST' })).status === 200;
  const counted = async (holder: string): Promise<number> =>
    (await database.db.selectFrom('upload_totals').select('bytes').where('holder', '=', holder).executeTakeFirst())
      ?.bytes ?? 0;
  const refusedWith = (pattern: RegExp) => (error: { code: string; message: string }) => {
    assert.equal(error.code, 'ipfs-refused');
    assert.match(error.message, pattern);
    return true;
  };
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) if (await holds()) return;
    assert.fail(`${what} did not happen`);
  }
  /** Moves the clock, and waits until what is due then was looked after. */
  async function later(seconds: number): Promise<void> {
    laterSeconds += seconds;
    await until('all that is due is looked after', async () => {
      const due = database.db.selectFrom('uploads').select('upload_id').where('check_at_seconds', '<=', nowSeconds());
      return (await due.execute()).length === 0;
    });
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-uploads-'));
    await chmod(folder, 0o755);
    [net, postgres, ipfs] = await Promise.all([
      startNetwork(),
      startPostgres({ folder: join(folder, 'database') }),
      startIpfsEndpoint({ folder: join(folder, 'ipfs') }),
    ]);
    net.network.ipfsApiUrl = ipfs.apiUrl;
    direct = createObjectStore({ apiUrl: ipfs.apiUrl });
    coordinator = await startCoordinator({
      network: net.network,
      databaseUrl: postgres.url,
      log: testLog,
      pollMs: 50,
      forgetMs: 100,
      nowSeconds,
      uploadBounds: { strangerBytes: 4 * MIB, addressBytes: 10 * MIB, strangersBytes: 12 * MIB, knownBytes: 64 * MIB },
    });
    await until('the chain is read', async () => (await fetch(`${coordinator.url}/v1/health`)).status === 200);
    database = await connectDatabase({ url: postgres.url });
  });
  beforeEach(async () => {
    // What a test left is over for the next.
    await later(2 * HOUR_SECONDS);
  });
  after(async () => {
    await coordinator?.close();
    await database?.close();
    await Promise.all([ipfs?.close(), postgres?.close(), net?.close()]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('is bounded for each account, also for what comes at once', async () => {
    const store = stranger();
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => store.putFile(someBytes(MIB - 24_576))));
    const stored = settled.filter((one) => one.status === 'fulfilled');
    assert.ok(stored.length <= 4, `${stored.length} of a bound of four`);
    for (const one of settled)
      if (one.status === 'rejected')
        refusedWith(/an account without stake or funded job may have at most 4194304 bytes .* at once\. .* an hour/)(
          one.reason as { code: string; message: string },
        );
    for (const { value } of stored) assert.ok(await isPinned(value));
    const total = await counted('strangers');
    assert.ok(total <= 4 * MIB && total >= stored.length * (MIB - 24_576), String(total));
    // One after the other, four fit, then a little still, and no more.
    for (let count = stored.length; count < 4; count++) await store.putFile(someBytes(MIB - 24_576));
    await store.putBlock(someBytes(1000));
    await assert.rejects(store.putFile(someBytes(MIB)), refusedWith(/at most/));
    assert.ok((await counted('strangers')) <= 4 * MIB);
  });

  it('is bounded for one address, whatever accounts come from it', async () => {
    let stored = 0;
    for (let account = 0; account < 5; account++) {
      try {
        await stranger().putFile(someBytes(3 * MIB));
        stored++;
      } catch (error) {
        refusedWith(/at one address may have at most/)(error as { code: string; message: string });
      }
    }
    assert.equal(stored, 3);
  });

  it('is counted for nobody when it breaks off', async () => {
    const key = random32();
    const signer = signRequests({ network: net.network, key, nowSeconds });
    const header = await signer.authorization('ipfs-write', coordinator.url);
    const { hostname, port } = new URL(coordinator.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /api/v0/add?cid-version=1 HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: ${header}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n' +
        '--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n',
    );
    socket.write(Buffer.alloc(MIB));
    await until('it is counted', async () => (await counted('strangers')) > 0);
    socket.destroy();
    await until('it is not counted any more', async () => (await counted('strangers')) === 0);
  });

  it('is let go after an hour, unless somebody else stored it later or had it pinned before', async () => {
    const [lost, shared, operators] = [someBytes(1000), someBytes(2000), someBytes(3000)];
    const [first, second] = [stranger(), stranger()];
    const operatorsCid = await direct.putBlock(operators);
    const lostCid = await first.putBlock(lost);
    const sharedCid = await first.putBlock(shared);
    assert.equal(await first.putBlock(operators), operatorsCid);
    assert.equal(await counted('strangers'), 2 * 16_384, 'what is pinned already is not counted');
    await later(HOUR_SECONDS / 2);
    await second.putBlock(shared);
    assert.ok(await isPinned(lostCid));
    await later(HOUR_SECONDS / 2 + 1);
    assert.deepEqual([await isPinned(lostCid), await isPinned(sharedCid)], [false, true]);
    await later(HOUR_SECONDS);
    assert.deepEqual([await isPinned(sharedCid), await isPinned(operatorsCid)], [false, true]);
    assert.equal(await counted('strangers'), 0);
  });

  it('stays as long as an order or a lease names it: documents, scene, outputs', async () => {
    const [artistKey, workerKey] = [random32(), random32()];
    const artist = await connectChain({ network: net.network, key: artistKey });
    const worker = await connectChain({ network: net.network, key: workerKey });
    for (const { account } of [artist, worker])
      await fundAccount({ network: net.network, account, tokenWei: 100_000n * TOKEN });
    const objects = storeOf(artistKey);
    const scene = await objects.putDirectory([{ path: 'scene.gltf', bytes: someBytes(5000) }]);
    assert.equal((await objects.getDirectory(scene)).length, 1);
    const decoy = await objects.putBlock(someBytes(100));
    const { jobId } = await orderTestJob({ artist, objects, frames: 1, scene });

    await worker.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 1000n * TOKEN });
    const weights = equalWeights(4);
    const { leaseId } = await worker.takeLease({
      ...{ jobId, word: 0, mask: 1n, weightsWord: weightsWord(weights, 0), weightsProof: weightsProof(weights, 0) },
    });
    await until('the coordinator knows the stake', async () => {
      const { workers } = (await (await fetch(`${coordinator.url}/v1/workers`)).json()) as { workers: unknown[] };
      return workers.length > 0;
    });
    const outputs = storeOf(workerKey);
    // More than a stranger may have.
    const tile = await outputs.putFile(someBytes(5 * MIB));
    const hashes = { pixelHash: bytes32('01'), leafRoot: bytes32('02'), preparedHash: bytes32('03') };
    const chunks = [{ chunkIndex: 0, cid: tile, ...hashes, kernelHash: bytes32('04') }];
    const index = encodeOutputs({ jobId, leaseId, worker: worker.account, chunks });
    await outputs.putBlock(index.bytes);
    const undelivered = await outputs.putBlock(someBytes(200));
    assert.ok((await counted(`known ${worker.account}`)) > 5 * MIB);
    await worker.commit({ leaseId, root: bytes32('05'), outputsDigest: index.digest });

    const verifier = stranger();
    await assert.rejects(verifier.pin(undelivered), refusedWith(/no order and no lease names/));
    await until('the commitment is read', async () =>
      verifier.pin(tile).then(
        () => true,
        () => false,
      ),
    );
    await later(2 * HOUR_SECONDS);
    for (const cid of [scene, tile, index.cid]) assert.ok(await isPinned(cid), cid);
    for (const cid of [decoy, undelivered]) assert.ok(!(await isPinned(cid)), cid);

    // Looked at again, and again kept.
    await later(8 * HOUR_SECONDS);
    assert.ok(await isPinned(tile));
    assert.equal((await outputs.getFile(tile)).length, 5 * MIB);
  });

  it('is one thing at a time: files without a directory around them are refused', async () => {
    const before = await counted('strangers');
    const signer = signRequests({ network: net.network, key: random32(), nowSeconds });
    const body = new FormData();
    for (const name of ['a', 'b']) body.append('file', new Blob([name]), name);
    const answer = await fetch(`${coordinator.url}/api/v0/add?cid-version=1`, {
      method: 'POST',
      headers: { authorization: await signer.authorization('ipfs-write', coordinator.url) },
      body,
    });
    assert.equal(answer.status, 400);
    assert.match(((await answer.json()) as { Message: string }).Message, /as one directory/);
    assert.equal(await counted('strangers'), before);
  });
});
