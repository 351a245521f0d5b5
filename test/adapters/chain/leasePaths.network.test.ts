import assert from 'node:assert/strict';
import { ContractRevertedError } from '../../../adapters/chain/chainErrors.js';
import { followEvents } from '../../../adapters/chain/followEvents.js';
import { bytesOfHex, littleEndianBytes } from '../../../protocol/bytes.js';
import type { ContractEvent } from '../../../protocol/events.js';
import { chunkRoot, leafHash, leaseRoot } from '../../../protocol/hashes.js';
import { type JobId, type LeaseId, bytes32Of } from '../../../protocol/ids.js';
import { ledgerOf } from '../../../protocol/applyEvent.js';
import type { ChainPort } from '../../../protocol/ports.js';
import { merklePath, merkleRoot } from '../../../protocol/trees.js';
import {
  commitLease,
  drawOf,
  openLease,
  orderJob,
  registerCast,
  reveal,
  seal,
  takeLease,
  TOKEN,
  untilBlock,
  type Cast,
} from './leaseSteps.js';
import { random32, startNetwork, type TestNetwork } from './startNetwork.js';

const STAKES_WEI = [200n * TOKEN, 300n * TOKEN, 400n * TOKEN];

/** The chain's clock runs with the machine's; windows of 5 s let a test wait for them. */
const SHORT = {
  leaseSeconds: 5,
  secondsPerUnit: 0,
  sealSeconds: 5,
  sealSecondsPerUnit: 0,
  openSeconds: 5,
  revealSeconds: 5,
};

async function eventsUntilNow(net: TestNetwork): Promise<ContractEvent[]> {
  const events: ContractEvent[] = [];
  const stop = new AbortController();
  const port = await net.connect(0n);
  const head = await port.blockNumber();
  await followEvents({
    network: net.network,
    signal: stop.signal,
    pollMs: 20,
    onEvents(batch, at) {
      events.push(...batch);
      if (at.blockNumber >= head) stop.abort();
    },
    onRollback: () => assert.fail('nothing rolls back here'),
  });
  return events;
}

async function refusal(promise: Promise<unknown>): Promise<ContractRevertedError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ContractRevertedError, String(error));
    return error;
  }
  return assert.fail('the contract accepted it');
}

describe('a lease on a real chain', function () {
  this.timeout(120_000);
  let net: TestNetwork;
  let cast: Cast;
  let jobId: JobId;

  before(async () => {
    net = await startNetwork();
    cast = await registerCast(net, 3);
    jobId = await orderJob(cast.artist);
  });
  after(() => net.close());

  it('is taken, committed, drawn from a real header, sealed, opened, revealed and paid', async () => {
    const leaseId = await takeLease(cast.worker, jobId, 0b1001n);
    const payWei = (5n * TOKEN) / 100n;
    const { drawBlock } = await commitLease(cast.worker, leaseId);
    const { header, seed, drawn } = await drawOf({ cast, stakesWei: STAKES_WEI, leaseId, drawBlock });
    const [first, second] = drawn.map((address) => cast.verifiers.find((verifier) => verifier.account === address));
    assert.ok(first !== undefined && second !== undefined);
    const undrawn = cast.verifiers.find((verifier) => !drawn.includes(verifier.account));
    assert.ok(undrawn !== undefined);

    assert.equal((await refusal(seal(undrawn, leaseId, header))).errorName, 'NotDrawn');
    const sealing1 = await seal(first, leaseId, header);
    const draw = sealing1.receipt.events.find((event) => event.name === 'LeaseDrawn');
    assert.deepEqual(draw?.args, { leaseId, seed, drawnMask: 0b1001n, verifiers: drawn });
    assert.equal((await refusal(cast.worker.open({ leaseId, openingDigest: random32() }))).errorName, 'WrongState');
    const sealing2 = await seal(second, leaseId, new Uint8Array());
    const openReceipt = await cast.worker.open({ leaseId, openingDigest: random32() });
    assert.equal(
      (await refusal(reveal({ ...sealing1, secret: random32() }, leaseId, 'pass'))).errorName,
      'SealMismatch',
    );
    const [reveal1, reveal2] = [await reveal(sealing1, leaseId, 'pass'), await reveal(sealing2, leaseId, 'pass')];
    assert.deepEqual(
      reveal2.events.map((event) => event.name),
      ['LeaseRevealed', 'LeasePayable', 'Credited', 'Credited', 'Credited', 'LeaseReleased'],
    );

    const before = await cast.worker.readBalance(cast.worker.account);
    await cast.worker.withdraw();
    assert.equal((await cast.worker.readBalance(cast.worker.account)) - before, payWei);
    assert.equal((await refusal(cast.worker.withdraw())).errorName, 'NothingOwed');
    await first.withdraw();
    assert.deepEqual(
      [openReceipt, reveal1].map((receipt) => receipt.gasUsed > 0n),
      [true, true],
    );

    const ledger = ledgerOf(await eventsUntilNow(net));
    assert.equal(ledger.leases.get(leaseId)?.state, 'PAYABLE');
    assert.equal(ledger.jobs.get(jobId)?.unreservedWei, 10n * TOKEN - payWei - 2n * (payWei / 20n));
    assert.equal(ledger.jobs.get(jobId)?.reservedWei, 0n);
    assert.equal(ledger.accounts.get(second.account)?.owedWei, payWei / 20n);
  });

  it('refuses chunks that are taken or paid, with the facts', async () => {
    const leaseId = await takeLease(cast.worker, jobId, 0b10n);
    const taken = await refusal(takeLease(cast.worker, jobId, 0b11n));
    assert.equal(taken.errorName, 'ChunksTaken');
    assert.deepEqual(
      { jobId: taken.facts.jobId, word: taken.facts.word, overlap: taken.facts.overlap },
      { jobId, word: 0, overlap: 3n },
    );
    assert.equal(typeof leaseId, 'number');
  });

  it('is voided by verdicts that differ, and bars its worker', async () => {
    const {
      leaseId,
      sealings: [first, second],
    } = await openLease(cast, STAKES_WEI, jobId, 0b100n);
    assert.ok(first !== undefined && second !== undefined);
    await reveal(first, leaseId, 'pass');
    const ruling = await reveal(second, leaseId, 'convict');
    const voided = ruling.events.find((event) => event.name === 'LeaseVoided');
    assert.deepEqual(voided?.args, { leaseId, reason: 'verdicts' });
    assert.equal((await refusal(takeLease(cast.worker, jobId, 0b100n))).errorName, 'ChunksBarred');
  });

  it('is convicted by two reveals; the stake pays artist and fire, and every other lease of the worker is void', async () => {
    const other = await takeLease(cast.worker, jobId, 1n << 8n);
    const {
      leaseId,
      sealings: [first, second],
    } = await openLease(cast, STAKES_WEI, jobId, 1n << 9n);
    assert.ok(first !== undefined && second !== undefined);
    await reveal(first, leaseId, 'convict');
    const ruling = await reveal(second, leaseId, 'convict');
    const slashed = ruling.events.find((event) => event.name === 'Slashed');
    const payWei = TOKEN / 10n;
    // Both fees come back to the artist, and once the pay beside.
    assert.deepEqual(slashed?.args, {
      account: cast.worker.account,
      amountWei: 1000n * TOKEN,
      toArtistWei: payWei + 2n * (payWei / 20n),
      burnedWei: 1000n * TOKEN - payWei - 2n * (payWei / 20n),
    });
    assert.equal(
      (await refusal(cast.worker.commit({ leaseId: other, root: random32(), outputsDigest: random32() }))).errorName,
      'WorkerConvicted',
    );
    const ended = await cast.artist.voidConvicted({ leaseId: other });
    assert.deepEqual(ended.events[0]?.args, { leaseId: other, reason: 'workerConvicted' });
    assert.equal((await refusal(takeLease(cast.worker, jobId, 1n << 8n))).errorName, 'StakeTooLow');
  });

  it("shows a demanded leaf on chain, with the protocol's own hashes and paths", async () => {
    const worker = await net.connect();
    await worker.register({ role: 'worker', deviceClass: 'wasm', stakeWei: 1000n * TOKEN });
    const others = { ...cast, worker };
    const leaseId = await takeLease(worker, jobId, 0b1100000n);
    const salts = Array.from({ length: 6 }, () => bytesOfHex(random32()));
    const sums = Array.from({ length: 6 }, (_, leaf) =>
      Float32Array.from({ length: 1024 }, (_value, index) => leaf + index / 7),
    );
    const leaves = sums.map((leafSums, leaf) =>
      leafHash({
        jobId,
        leaseId,
        chunkIndex: 6,
        block: leaf >> 1,
        batch: leaf & 1,
        salt: salts[leaf] as Uint8Array,
        sums: leafSums,
      }),
    );
    const [pixels, prepared, kernel] = [random32(), random32(), random32()];
    const chunkRoots = [
      random32(),
      chunkRoot({
        leafRoot: bytes32Of(merkleRoot(leaves)),
        pixelHash: pixels,
        preparedHash: prepared,
        kernelHash: kernel,
      }),
    ];
    const { chainId, contract } = net.network;
    const root = leaseRoot({ chainId, contract, leaseId, worker: worker.account, chunkRoots });
    const committed = await worker.commit({ leaseId, root, outputsDigest: random32() });
    const { drawBlock } = committed.events[0]?.args as { drawBlock: number };
    // The header is brought when its hash is no longer among the 256 that the EVM gives: the history contract
    // (EIP-2935) has it.
    await untilBlock(worker, drawBlock);
    await net.chain.administer('anvil_mine', ['0x104', '0x0']);
    const { header, drawn } = await drawOf({ cast: others, stakesWei: STAKES_WEI, leaseId, drawBlock });
    assert.ok((await worker.blockNumber()) - drawBlock > 256);
    const [first, second] = drawn.map((address) => cast.verifiers.find((verifier) => verifier.account === address)) as [
      ChainPort,
      ChainPort,
    ];
    const sealings = [await seal(first, leaseId, header), await seal(second, leaseId, new Uint8Array())] as const;
    await worker.open({ leaseId, openingDigest: random32() });

    await first.demandOpening({ leaseId, chunkIndex: 6, leafIndex: 3 });
    assert.equal((await refusal(reveal(sealings[0], leaseId, 'pass'))).errorName, 'DemandPending');
    const answer = {
      position: 3,
      blockIndex: 1,
      batch: 1,
      salt: bytes32Of(salts[3] as Uint8Array),
      sums: littleEndianBytes(sums[3] as Float32Array),
      leafPath: merklePath(leaves, 3),
      pixelHash: pixels,
      preparedHash: prepared,
      kernelHash: kernel,
      chunkPath: merklePath(chunkRoots.map(bytesOfHex), 1),
    };
    assert.equal(
      (await refusal(worker.answerOpening({ leaseId, verifier: first.account, answer: { ...answer, batch: 0 } })))
        .errorName,
      'OpeningMismatch',
    );
    const answered = await worker.answerOpening({ leaseId, verifier: first.account, answer });
    assert.deepEqual(answered.events[0]?.args, {
      leaseId,
      verifier: first.account,
      chunkIndex: 6,
      leafIndex: 3,
      present: true,
    });
    await reveal(sealings[0], leaseId, 'pass');
    const ruling = await reveal(sealings[1], leaseId, 'pass');
    assert.ok(ruling.events.some((event) => event.name === 'LeasePayable'));
  });

  it('goes back to the artist when the job is closed', async () => {
    const before = await cast.artist.readBalance(cast.artist.account);
    const closing = await cast.artist.closeJob({ jobId });
    const withdrawn = closing.events.find((event) => event.name === 'JobWithdrawn');
    assert.equal(
      (await cast.artist.readBalance(cast.artist.account)) - before,
      (withdrawn?.args as { amountWei: bigint }).amountWei,
    );
    const ledger = ledgerOf(await eventsUntilNow(net));
    assert.equal(ledger.jobs.get(jobId)?.unreservedWei, 0n);
  });
});

describe('a lease whose deadlines pass', function () {
  this.timeout(120_000);
  let net: TestNetwork;
  let cast: Cast;
  let jobId: JobId;

  before(async () => {
    net = await startNetwork(SHORT);
    cast = await registerCast(net, 3);
    jobId = await orderJob(cast.artist);
  });
  after(() => net.close());

  /** Calls expire until its time has come. */
  async function expireWhenOver(leaseId: LeaseId): Promise<void> {
    for (;;) {
      try {
        await cast.artist.expire({ leaseId });
        return;
      } catch (error) {
        if (!(error instanceof ContractRevertedError) || error.errorName !== 'DeadlineNotOver') throw error;
        await untilBlock(cast.artist, (await cast.artist.blockNumber()) + 1);
      }
    }
  }

  it('expires uncommitted: bond burned, chunks free', async () => {
    const leaseId = await takeLease(cast.worker, jobId, 1n);
    assert.equal((await refusal(cast.artist.expire({ leaseId }))).errorName, 'DeadlineNotOver');
    await expireWhenOver(leaseId);
    assert.equal(
      (await refusal(cast.worker.commit({ leaseId, root: random32(), outputsDigest: random32() }))).errorName,
      'WrongState',
    );
    const ledger = ledgerOf(await eventsUntilNow(net));
    assert.equal(ledger.leases.get(leaseId)?.state, 'EXPIRED');
    assert.equal(ledger.accounts.get(cast.worker.account)?.stakeWei, 1000n * TOKEN - TOKEN / 1000n);
    assert.ok((await takeLease(cast.worker, jobId, 1n)) > leaseId);
  });

  it('is redrafted, sealed by whoever comes, then convicted because nobody opened', async () => {
    const leaseId = await takeLease(cast.worker, jobId, 0b10n);
    const { drawBlock } = await commitLease(cast.worker, leaseId);
    const { header } = await drawOf({ cast, stakesWei: STAKES_WEI, leaseId, drawBlock });
    await expireWhenOver(leaseId);
    const [a, b] = cast.verifiers as [typeof cast.worker, typeof cast.worker];
    await seal(a, leaseId, header);
    await seal(b, leaseId, new Uint8Array());
    assert.equal(
      (await refusal(seal(cast.verifiers[2] as typeof cast.worker, leaseId, new Uint8Array()))).errorName,
      'WrongState',
    );
    await expireWhenOver(leaseId);
    const ledger = ledgerOf(await eventsUntilNow(net));
    const lease = ledger.leases.get(leaseId);
    assert.equal(lease?.state, 'CONVICTED');
    assert.equal(lease?.feeWei, (2n * ((2n * TOKEN) / 100n)) / 20n);
    assert.equal(ledger.accounts.get(a.account)?.owedWei, lease?.feeWei);
  });
});
