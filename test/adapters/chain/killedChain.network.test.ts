import assert from 'node:assert/strict';
import { Wallet } from '@ethersproject/wallet';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRpc, type Rpc } from '../../../adapters/chain/createRpc.js';
import { fundGas } from '../../../adapters/chain/fundGas.js';
import type { RpcReceipt } from '../../../adapters/chain/receipts.js';
import { RushesError } from '../../../protocol/errors.js';
import type { Address } from '../../../protocol/ids.js';
import { randomNumbers } from '../../support/randomNumbers.js';

// A chain is killed with kill -9, anvil and the process that holds it at once, at moments that a seed decides, while
// transactions are mined. What somebody was told of is there after the next start, in the same block.
//   RUSHES_SEED=7 RUSHES_RUNS=1 repeats the round of seed 7

const FIRST_SEED = Number(process.env['RUSHES_SEED'] ?? 1);
const ROUNDS = Number(process.env['RUSHES_RUNS'] ?? (process.env['RUSHES_TEST_LONG'] === '1' ? 60 : 8));
const LATEST_KILL_MS = 3_000;

interface Running {
  rpc: Rpc;
  said(): string;
  kill(): Promise<void>;
}

async function start(dataDir: string): Promise<Running> {
  const module = fileURLToPath(new URL('./serveChain.child.js', import.meta.url));
  const child = spawn(process.execPath, [module, dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended.then(() => [''])])) as [Buffer | string];
  const [rpcUrl, pid] = String(line).trim().split(' ');
  assert.ok(rpcUrl !== undefined && pid !== undefined, `the chain did not start: ${said}`);
  return {
    rpc: createRpc(rpcUrl),
    said: () => said,
    async kill() {
      // It may have been killed before: what the test found wrong is what has to be told.
      if (child.exitCode === null && child.signalCode === null) process.kill(Number(pid), 'SIGKILL');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('a local chain killed with kill -9', function () {
  this.timeout(300_000);

  it(`knows after the next start what anybody was told, ${ROUNDS} rounds from seed ${FIRST_SEED}`, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'rushes-killed-'));
    const told = new Map<string, { blockHash: string; nonce: number }>();
    const wallet = Wallet.createRandom();
    const account = wallet.address.toLowerCase() as Address;
    let chain = await start(dataDir);
    try {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
        const random = randomNumbers(seed);
        await fundGas({ rpcUrl: chain.rpc.rpcUrl, account });
        const stopping = new AbortController();
        const sending = sendUntil({ rpc: chain.rpc, wallet, told, signal: stopping.signal });
        // Every other chain lives until it has told something, however slow the machine is.
        const before = told.size;
        for (let tries = 0; seed % 2 === 0 && told.size === before && tries < 400; tries++) await sleep(50);
        await sleep(LATEST_KILL_MS * random());
        await chain.kill();
        stopping.abort();
        await sending;

        chain = await start(dataDir);
        assert.doesNotMatch(chain.said(), /damaged/);
        for (const [hash, { blockHash, nonce }] of told) {
          const receipt = await chain.rpc.send<RpcReceipt | null>('eth_getTransactionReceipt', [hash]);
          assert.equal(receipt?.blockHash, blockHash, `seed ${seed}: transaction ${nonce} is gone or in another block`);
        }
      }
      assert.ok(told.size >= ROUNDS / 2, `only ${told.size} transactions were mined: too few to say anything`);
    } finally {
      await chain.kill();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

/** Sends one transaction after the other and notes what it is told, until the chain or the signal ends. */
async function sendUntil(options: {
  rpc: Rpc;
  wallet: Wallet;
  told: Map<string, { blockHash: string; nonce: number }>;
  signal: AbortSignal;
}): Promise<void> {
  const { rpc, wallet, signal } = options;
  const bounds = { signal, deadlineMs: 1 };
  try {
    let nonce = Number(await rpc.send<string>('eth_getTransactionCount', [wallet.address, 'latest'], bounds));
    for (; !signal.aborted; nonce++) {
      const raw = await wallet.signTransaction({
        ...{ type: 2, chainId: 31_337, nonce, to: wallet.address, value: 1, gasLimit: 21_000 },
        ...{ maxFeePerGas: 10_000_000_000, maxPriorityFeePerGas: 1_000_000_000 },
      });
      const hash = await rpc.send<string>('eth_sendRawTransaction', [raw], bounds);
      for (;;) {
        const receipt = await rpc.send<RpcReceipt | null>('eth_getTransactionReceipt', [hash], bounds);
        if (receipt !== null) {
          options.told.set(hash, { blockHash: receipt.blockHash, nonce });
          break;
        }
        await sleep(5, undefined, { signal });
      }
    }
  } catch (error) {
    // The chain is gone, as it was meant to be.
    const isGone = signal.aborted || (error instanceof RushesError && error.code === 'chain-unreachable');
    if (!isGone) throw error;
  }
}
