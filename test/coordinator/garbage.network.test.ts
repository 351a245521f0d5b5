import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
import type { Bytes32, Cid } from '../../protocol/ids.js';
import type { ChainPort, ObjectStore } from '../../protocol/ports.js';
import { equalWeights, weightsProof, weightsWord } from '../../protocol/weights.js';
import { random32, startNetwork, type TestNetwork } from '../adapters/chain/startNetwork.js';
import { fundAccount } from '../support/fundAccount.js';
import { testLog } from '../support/smallNetwork.js';
import { orderTestJob, TOKEN } from './orderTestJob.js';

const HOUR_SECONDS = 3600;
/** What ended jobs name is kept for so long here. */
const KEPT_SECONDS = 3;

describe('a coordinator whose IPFS node keeps nothing else', function () {
  this.timeout(120_000);
  let folder: string;
  let net: TestNetwork;
  let postgres: PostgresServer;
  let ipfs: IpfsEndpoint;
  let database: Database;
  let coordinator: Coordinator;
  let direct: ObjectStore;
  let refusedFile: string;
  let laterSeconds = 0;
  const nowSeconds = (): number => Math.floor(Date.now() / 1000) + laterSeconds;

  const someBytes = (size: number): Uint8Array => new Uint8Array(randomBytes(size));
  const ask = async (path: string): Promise<number> =>
    (await fetch(`${ipfs.apiUrl}/api/v0/${path}`, { method: 'POST' })).status;
  const isPinned = async (cid: Cid): Promise<boolean> => (await ask(`pin/ls?arg=${cid}`)) === 200;
  const isThere = async (cid: Cid): Promise<boolean> => (await ask(`block/stat?arg=${cid}`)) === 200;
  const rounds = async () => await database.db.selectFrom('garbage_rounds').selectAll().executeTakeFirst();
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) if (await holds()) return;
    assert.fail(`${what} did not happen`);
  }
  /** Moves the coordinator's clock, and waits until pins were gone through at that time. */
  async function released(seconds: number): Promise<void> {
    laterSeconds += seconds;
    const atSeconds = nowSeconds();
    await until('the pins are gone through', async () => ((await rounds())?.released_at_seconds ?? 0) >= atSeconds);
    // The claim comes before the work; the next look comes after it.
    await sleep(400);
  }
  async function collected(): Promise<void> {
    laterSeconds += 601;
    const atSeconds = nowSeconds();
    await until('garbage is collected', async () => ((await rounds())?.collected_at_seconds ?? 0) >= atSeconds);
  }
  async function richAccount(): Promise<{ key: Bytes32; port: ChainPort }> {
    const key = random32();
    const port = await connectChain({ network: net.network, key });
    await fundAccount({ network: net.network, account: port.account, tokenWei: 100_000n * TOKEN });
    return { key, port };
  }
  const refuse = async (...lines: string[]): Promise<void> => {
    await writeFile(refusedFile, lines.map((line) => `${line}\n`).join(''));
    // It is looked at every two seconds.
    await sleep(2_500);
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-garbage-'));
    await chmod(folder, 0o755);
    refusedFile = join(folder, 'refused.txt');
    await writeFile(refusedFile, '# nothing yet\n');
    [net, postgres, ipfs] = await Promise.all([
      startNetwork(),
      startPostgres({ folder: join(folder, 'database') }),
      startIpfsEndpoint({ folder: join(folder, 'ipfs'), keptUnpinnedMs: 0 }),
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
      ownsIpfs: true,
      keepDays: KEPT_SECONDS / 86_400,
      refusedFile,
    });
    await until('the chain is read', async () => (await fetch(`${coordinator.url}/v1/health`)).status === 200);
    database = await connectDatabase({ url: postgres.url });
    await until('the first look was', async () => (await rounds()) !== undefined);
  });
  after(async () => {
    await coordinator?.close();
    await database?.close();
    await Promise.all([ipfs?.close(), postgres?.close(), net?.close()]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('lets go of what no order names, whoever pinned it, and frees its space; what an order names stays', async () => {
    const { port } = await richAccount();
    const orphan = await direct.putBlock(someBytes(1000));
    const scene = await direct.putDirectory([{ path: 'scene.gltf', bytes: someBytes(5000) }]);
    const { jobId } = await orderTestJob({ artist: port, objects: direct, frames: 1, scene });
    await until('the job is read', async () => (await fetch(`${coordinator.url}/v1/jobs/${jobId}`)).status === 200);

    await released(HOUR_SECONDS + 1);
    assert.ok(await isPinned(orphan), 'found without a name just now');
    await released(HOUR_SECONDS + 1);
    await until('it is let go of', async () => !(await isPinned(orphan)));
    assert.ok(await isPinned(scene));
    assert.ok(await isThere(orphan), 'its space is freed later');
    await collected();
    await until('its block goes', async () => !(await isThere(orphan)));
    assert.ok(await isThere(scene));

    // Once it is over, and its time as well, nothing of it is kept.
    await port.closeJob({ jobId });
    await sleep(1000 * KEPT_SECONDS + 2_000);
    await released(HOUR_SECONDS + 1);
    await released(HOUR_SECONDS + 1);
    await until('its scene is let go of', async () => !(await isPinned(scene)));
    await collected();
    await until('its blocks go', async () => !(await isThere(scene)));
  });

  it('pins again what is ordered just when it was let go of', async () => {
    const { port } = await richAccount();
    const scene = await direct.putDirectory([{ path: 'scene.gltf', bytes: someBytes(6000) }]);
    await released(HOUR_SECONDS + 1);
    await released(HOUR_SECONDS + 1);
    await until('it is let go of', async () => !(await isPinned(scene)));
    await orderTestJob({ artist: port, objects: direct, frames: 2, scene });
    await sleep(300);
    await collected();
    await until('it is pinned again', () => isPinned(scene));
    assert.ok(await isThere(scene));
  });

  it('has nothing to do with what its operator refuses, and takes its list anew without a restart', async () => {
    const { key, port } = await richAccount();
    const bad = await direct.putFile(someBytes(3000));
    const folderOfBad = await direct.putDirectory([{ path: 'bad.bin', bytes: await direct.getFile(bad) }]);
    const gateway = async (path: string): Promise<{ status: number; text: string }> => {
      const answer = await fetch(`${coordinator.url}/api/v0/${path}`, { method: 'POST' });
      return { status: answer.status, text: await answer.text() };
    };
    assert.equal((await gateway(`cat?arg=${bad}`)).status, 200);
    const { jobId } = await orderTestJob({ artist: port, objects: direct, frames: 3, scene: folderOfBad });
    const worker = await richAccount();
    await worker.port.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 1000n * TOKEN });
    const suggested = async (): Promise<{ status: number; jobId: string | undefined }> => {
      const answer = await fetch(`${coordinator.url}/v1/workers/${worker.port.account}/suggestion`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ maxChunks: 1 }),
      });
      const text = await answer.text();
      return { status: answer.status, jobId: text === '' ? undefined : (JSON.parse(text) as { jobId?: string }).jobId };
    };
    const isSuggested = async (): Promise<boolean> => {
      // Several jobs are open: each has its turn.
      for (let turn = 0; turn < 6; turn++) if ((await suggested()).jobId === jobId) return true;
      return false;
    };
    await until('the job is suggested', isSuggested);

    await refuse(`${bad}   # a file`, folderOfBad);
    for (const path of [
      `cat?arg=${bad}`,
      `block/get?arg=${bad}`,
      `cat?arg=${folderOfBad}/bad.bin`,
      `ls?arg=${folderOfBad}`,
      `dag/export?arg=${folderOfBad}`,
    ]) {
      const { status, text } = await gateway(path);
      assert.equal(status, 451, `${path}: ${text}`);
      assert.match(text, /the operator of this coordinator has nothing to do with/);
    }
    const over = createObjectStore({
      apiUrl: `${coordinator.url}/api/v0`,
      signer: signRequests({ network: net.network, key, nowSeconds }),
    });
    await assert.rejects(over.putFile(await direct.getFile(bad)), /has nothing to do with/);
    assert.ok(!(await isSuggested()));

    // A list that cannot be read changes nothing.
    await refuse('not a cid');
    assert.equal((await gateway(`cat?arg=${bad}`)).status, 451);
    await refuse(`${port.account}`);
    assert.equal((await gateway(`cat?arg=${bad}`)).status, 200);
    await assert.rejects(over.putBlock(someBytes(10)), /has nothing to do with/);
    assert.ok(!(await isSuggested()), 'the artist is refused');
    await refuse(worker.port.account);
    assert.equal((await suggested()).status, 451);
    await refuse();
    assert.ok(await isSuggested());
  });

  it('lets nothing of a worker go while its commitment may come', async () => {
    const { port } = await richAccount();
    const worker = await richAccount();
    await worker.port.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 1000n * TOKEN });
    const { jobId } = await orderTestJob({ artist: port, objects: direct, frames: 1 });
    const weights = equalWeights(4);
    await worker.port.takeLease({
      ...{ jobId, word: 0, mask: 1n, weightsWord: weightsWord(weights, 0), weightsProof: weightsProof(weights, 0) },
    });
    const over = createObjectStore({
      apiUrl: `${coordinator.url}/api/v0`,
      signer: signRequests({ network: net.network, key: worker.key, nowSeconds }),
    });
    const [stored, own] = [await over.putBlock(someBytes(700)), await direct.putBlock(someBytes(800))];
    const othersKey = random32();
    const others = await createObjectStore({
      apiUrl: `${coordinator.url}/api/v0`,
      signer: signRequests({ network: net.network, key: othersKey, nowSeconds }),
    }).putBlock(someBytes(900));
    await released(HOUR_SECONDS + 1);
    await released(HOUR_SECONDS + 1);
    await until('the upload of another goes', async () => !(await isPinned(others)));
    assert.deepEqual([await isPinned(stored), await isPinned(own)], [true, true]);
  });
});
