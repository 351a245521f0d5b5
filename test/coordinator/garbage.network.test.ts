import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signRequests } from '../../adapters/http/signRequests.js';
import { createObjectStore } from '../../adapters/ipfs/createObjectStore.js';
import { startIpfsEndpoint } from '../../adapters/ipfs/startIpfsEndpoint.js';
import { equalWeights, weightsProof, weightsWord } from '../../protocol/weights.js';
import { random32 } from '../adapters/chain/startNetwork.js';
import { type GarbageNetwork, openGarbageNetwork } from './garbageNetwork.js';
import { losesWhatNothingNames, keepsWhatIsOrderedInTime } from './garbageCases.js';
import { orderTestJob, TOKEN } from './orderTestJob.js';

const someBytes = (size: number): Uint8Array => new Uint8Array(randomBytes(size));

describe('a coordinator whose IPFS node keeps nothing else', function () {
  this.timeout(120_000);
  let folder: string;
  let network: GarbageNetwork;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rushes-node-'));
    network = await openGarbageNetwork(await startIpfsEndpoint({ folder, keptUnpinnedMs: 0 }));
  });
  after(async () => {
    await network?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('lets go of what no order names, whoever pinned it, and frees its space; what an order names stays', () =>
    losesWhatNothingNames(network));
  it('pins again what is ordered just when it was let go of', () => keepsWhatIsOrderedInTime(network));

  it('has nothing to do with what its operator refuses, and takes its list anew without a restart', async () => {
    const { coordinator, direct, net, nowSeconds, refuse, richAccount, until } = network;
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
    const { coordinator, direct, isPinned, net, nowSeconds, released, richAccount, until } = network;
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
    await released();
    await released();
    await until('the upload of another goes', async () => !(await isPinned(others)));
    assert.deepEqual([await isPinned(stored), await isPinned(own)], [true, true]);
  });
});
