import { pause } from '../pause.js';
import { NotMinedError } from './chainErrors.js';
import type { Rpc } from './createRpc.js';
import type { RpcLog } from './decodeEvents.js';

/** A receipt as eth_getTransactionReceipt gives it. */
export interface RpcReceipt {
  transactionHash: string;
  blockNumber: string;
  blockHash: string;
  from: string;
  gasUsed: string;
  /** Wei of the chain's coins that a unit of gas cost. */
  effectiveGasPrice: string;
  status: string;
  contractAddress: string | null;
  logs: RpcLog[];
}

/** How often a receipt is asked for. Local blocks come every second. */
const POLL_MS = 150;

/**
 * Waits for one of the given transactions, which stand for the same nonce, to be mined. `onWaiting` runs about every 2
 * s while none is, so that the sender can broadcast again. Throws NotMinedError at the deadline.
 */
export async function awaitReceipt(options: {
  rpc: Rpc;
  /** One hash, or a function that gives those sent so far. */
  hash: string | (() => readonly string[]);
  /** Names the transaction in the error. */
  what: string;
  deadlineMs: number;
  signal?: AbortSignal | undefined;
  onWaiting?: () => Promise<void>;
}): Promise<RpcReceipt> {
  const hashes = typeof options.hash === 'string' ? (): readonly string[] => [options.hash as string] : options.hash;
  const giveUpAtMs = performance.now() + options.deadlineMs;
  let remindAtMs = performance.now() + 2_000;
  for (;;) {
    for (const hash of hashes()) {
      const receipt = await options.rpc.send<RpcReceipt | null>('eth_getTransactionReceipt', [hash], {
        signal: options.signal,
      });
      // A receipt without a block is one of a pending transaction: some nodes give those.
      if (receipt !== null && receipt.blockNumber !== null) return receipt;
    }
    const nowMs = performance.now();
    if (nowMs > giveUpAtMs)
      throw new NotMinedError({
        method: options.what,
        transactionHash: hashes().at(-1) ?? 'none',
        deadlineMs: options.deadlineMs,
      });
    if (nowMs > remindAtMs && options.onWaiting !== undefined) {
      remindAtMs = nowMs + 2_000;
      await options.onWaiting();
    }
    await pause(POLL_MS, options.signal);
  }
}
