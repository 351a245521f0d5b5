import { keccak256 } from '@ethersproject/keccak256';
import type { Wallet } from '@ethersproject/wallet';
import { RushesError } from '../../protocol/errors.js';
import { type Address, parseAddress } from '../../protocol/ids.js';
import { bigintOfHex } from './abiValues.js';
import { ContractRevertedError, RpcError } from './chainErrors.js';
import type { Rpc } from './createRpc.js';
import { decodeRevert } from './decodeRevert.js';
import { readFees } from './readFees.js';
import { awaitReceipt, type RpcReceipt } from './receipts.js';

// One sender per key and process. Nonces are given in the order of sending under a lock; the waits for receipts run
// side by side. Everything sent is remembered by nonce: when the chain loses transactions (a local chain killed and
// restarted goes back up to two seconds), they are broadcast again in order, so that no later nonce waits behind a gap.

/** One call to send. */
export interface Call {
  /** Absent: the data makes a contract. */
  to?: Address;
  data: string;
  /** Names the call in errors. */
  method: string;
  /** Coins that go with it, wei; default none. */
  valueWei?: bigint;
  /**
   * Gas limit where an estimate could be too low by the time the call is mined, because what it does depends on a draw
   * or on who comes first.
   */
  gasLimit?: bigint;
}

/** Sends calls of one key. */
export interface Sender {
  readonly account: Address;
  /**
   * Resolves when the call is mined and succeeded. Throws ContractRevertedError when the contract refuses it, before
   * sending or in its block.
   */
  send(
    call: Call,
    bounds?: {
      signal?: AbortSignal | undefined;
      /** Told of every transaction before it leaves, those that replace one that waits too long included. */
      onSigned?: (hash: string) => Promise<void>;
    },
  ): Promise<RpcReceipt>;
}

interface Sent {
  nonce: number;
  /** Signed transactions of this nonce, the newest last: later ones pay more. */
  raw: { hash: string; bytes: string }[];
  call: Call;
  gasLimit: bigint;
  maxFeePerGas: bigint;
  /** What was offered first. */
  firstMaxFeePerGas: bigint;
  tipPerGas: bigint;
  sentAtMs: number;
  onSigned: ((hash: string) => Promise<void>) | undefined;
}

/** Sent transactions that are kept for a rollback. */
const REMEMBERED = 256;
/** A transaction that waits this long is sent again with a higher fee. */
const REPLACE_MS = 20_000;
/** No fee grows beyond this many times the first offer while the chain asks for less: each raise is real money. */
const MOST_RAISE = 8n;
/** The gas limit of what is estimated to use so much: a quarter more, and 20,000 for what is cold by then. */
export const gasWithMargin = (estimate: bigint): bigint => estimate + estimate / 4n + 20_000n;

/** Makes the sender of a key. `deadlineMs` bounds the wait for a receipt, default 90,000. */
export function createSender(options: { rpc: Rpc; wallet: Wallet; chainId: number; deadlineMs?: number }): Sender {
  const { rpc, wallet } = options;
  const account = parseAddress(wallet.address);
  const sent = new Map<number, Sent>();
  let nextNonce: number | undefined;
  let lock: Promise<unknown> = Promise.resolve();

  /** Runs one step at a time. */
  function locked<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = lock.then(step);
    lock = result.catch(() => undefined);
    return result;
  }

  async function minedNonce(): Promise<number> {
    return Number(await rpc.send<string>('eth_getTransactionCount', [account, 'latest']));
  }

  async function broadcast(bytes: string): Promise<void> {
    try {
      await rpc.send('eth_sendRawTransaction', [bytes]);
    } catch (error) {
      // The node has it, or its nonce was mined: the receipt will tell.
      if (error instanceof RpcError && /already known|already imported|nonce too low|underpriced/i.test(error.message))
        return;
      if (error instanceof RpcError && /insufficient funds/i.test(error.message))
        throw new NoGasError({ account, reason: error.message });
      throw error;
    }
  }

  /** Broadcasts again what the chain does not have any more; gives the next nonce. */
  async function recover(): Promise<number> {
    const mined = await minedNonce();
    if (nextNonce === undefined || mined >= nextNonce) {
      // At the start, what an earlier process of this key left pending counts too.
      nextNonce = Math.max(mined, Number(await rpc.send<string>('eth_getTransactionCount', [account, 'pending'])));
      return nextNonce;
    }
    for (let nonce = mined; nonce < nextNonce; nonce++) {
      const entry = sent.get(nonce);
      if (entry === undefined) {
        // A gap that nobody remembers: what waits behind it could never be mined.
        nextNonce = nonce;
        break;
      }
      await broadcast(entry.raw.at(-1)?.bytes ?? '');
    }
    return nextNonce;
  }

  async function transmit(call: Call, gasLimit: bigint, onSigned: Sent['onSigned']): Promise<Sent> {
    const nonce = await recover();
    const unsigned = { nonce, call, gasLimit, ...(await feesToOffer(rpc)) };
    const raw = await sign(options, unsigned);
    const { maxFeePerGas: firstMaxFeePerGas } = unsigned;
    const entry: Sent = { ...unsigned, firstMaxFeePerGas, raw: [raw], sentAtMs: performance.now(), onSigned };
    await onSigned?.(raw.hash);
    await broadcast(raw.bytes);
    sent.set(nonce, entry);
    sent.delete(nonce - REMEMBERED);
    nextNonce = nonce + 1;
    return entry;
  }

  /** Sends again with half more fee, as far as that is sensible. */
  async function replace(entry: Sent): Promise<void> {
    const current = await feesToOffer(rpc);
    entry.sentAtMs = performance.now();
    // Whatever it waits for is not the fee.
    if (entry.maxFeePerGas > current.maxFeePerGas && entry.maxFeePerGas > MOST_RAISE * entry.firstMaxFeePerGas) return;
    const raise = (fee: bigint, atLeast: bigint): bigint =>
      (fee * 3n) / 2n + 1n > atLeast ? (fee * 3n) / 2n + 1n : atLeast;
    const raised = {
      maxFeePerGas: raise(entry.maxFeePerGas, current.maxFeePerGas),
      tipPerGas: raise(entry.tipPerGas, current.tipPerGas),
    };
    const raw = await sign(options, { ...entry, ...raised });
    await entry.onSigned?.(raw.hash);
    entry.raw.push(raw);
    try {
      await broadcast(raw.bytes);
      Object.assign(entry, raised);
    } catch (error) {
      // The account cannot pay more; what it offered before still stands.
      if (!(error instanceof NoGasError)) throw error;
      entry.raw.pop();
    }
  }

  /** What to do about a transaction that is in no block yet. */
  async function nudge(entry: Sent): Promise<void> {
    await recover();
    const mined = await minedNonce();
    if (mined <= entry.nonce) {
      if (performance.now() - entry.sentAtMs > REPLACE_MS) await replace(entry);
      return;
    }
    const receipts = await Promise.all(
      entry.raw.map(({ hash }) => rpc.send<RpcReceipt | null>('eth_getTransactionReceipt', [hash])),
    );
    if (receipts.every((receipt) => receipt === null)) throw new NonceTakenError();
  }

  return {
    account,
    async send(call, bounds = {}): Promise<RpcReceipt> {
      for (let attempt = 1; ; attempt++) {
        const gasLimit = await rehearse({ rpc, account }, call, bounds.signal);
        bounds.signal?.throwIfAborted();
        const entry = await locked(() => transmit(call, gasLimit, bounds.onSigned));
        try {
          const receipt = await awaitReceipt({
            rpc,
            what: call.method,
            deadlineMs: options.deadlineMs ?? 90_000,
            signal: bounds.signal,
            hash: () => entry.raw.map((raw) => raw.hash),
            onWaiting: () => locked(() => nudge(entry)),
          });
          if (Number(receipt.status) === 1) return receipt;
          throw await failureOf({ rpc, account }, call, receipt);
        } catch (error) {
          if (!(error instanceof NonceTakenError) || attempt === 3) throw error;
        }
      }
    },
  };
}

/** What to offer for gas, a few random wei more: equal calls of two processes of one key are two transactions. */
async function feesToOffer(rpc: Rpc): Promise<{ maxFeePerGas: bigint; tipPerGas: bigint }> {
  const { maxFeePerGas, tipPerGas } = await readFees(rpc);
  return { maxFeePerGas: maxFeePerGas + fewRandomWei(maxFeePerGas), tipPerGas };
}

/** A hundredth of the fee at most, or 1,023 where that is less; never more than 2^24. */
function fewRandomWei(feePerGas: bigint): bigint {
  const most = feePerGas / 100n < 1_024n ? 1_024n : feePerGas / 100n;
  return BigInt((crypto.getRandomValues(new Uint32Array(1))[0] as number) >>> 8) % most;
}

async function sign(
  { wallet, chainId }: { wallet: Wallet; chainId: number },
  entry: Omit<Sent, 'raw' | 'sentAtMs' | 'onSigned' | 'firstMaxFeePerGas'>,
): Promise<{ hash: string; bytes: string }> {
  const bytes = await wallet.signTransaction({
    type: 2,
    chainId,
    nonce: entry.nonce,
    ...(entry.call.to === undefined ? {} : { to: entry.call.to }),
    data: entry.call.data,
    value: hexOf(entry.call.valueWei ?? 0n),
    gasLimit: hexOf(entry.gasLimit),
    maxFeePerGas: hexOf(entry.maxFeePerGas),
    maxPriorityFeePerGas: hexOf(entry.tipPerGas),
  });
  return { hash: keccak256(bytes), bytes };
}

/** A call as a node tries it. */
function transactionOf(from: Address, { to, data, valueWei }: Call): Record<string, string> {
  return {
    from,
    data,
    ...(to === undefined ? {} : { to }),
    ...(valueWei === undefined ? {} : { value: hexOf(valueWei) }),
  };
}

function hexOf(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Tries the call on the pending block; gives its gas limit. */
async function rehearse(
  { rpc, account }: { rpc: Rpc; account: Address },
  call: Call,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const transaction = transactionOf(account, call);
  try {
    if (call.gasLimit === undefined)
      return gasWithMargin(
        bigintOfHex(await rpc.send<string>('eth_estimateGas', [transaction, 'pending'], { signal })),
      );
    await rpc.send('eth_call', [transaction, 'pending'], { signal });
    return call.gasLimit;
  } catch (error) {
    throw decodeRevert(error, call.method) ?? error;
  }
}

/** Why a mined transaction failed: what the contract answers to the same call at the end of the block before. */
async function failureOf(
  { rpc, account }: { rpc: Rpc; account: Address },
  call: Call,
  receipt: RpcReceipt,
): Promise<Error> {
  const transaction = transactionOf(account, call);
  for (const block of [Number(receipt.blockNumber), Number(receipt.blockNumber) - 1]) {
    try {
      await rpc.send('eth_call', [transaction, `0x${block.toString(16)}`]);
    } catch (error) {
      const revert = decodeRevert(error, call.method, receipt.transactionHash);
      if (revert !== undefined) return revert;
    }
  }
  return new ContractRevertedError({
    errorName: 'Unknown',
    method: call.method,
    facts: { gasUsed: Number(receipt.gasUsed), reason: 'it failed in its block and succeeds beside it' },
    transactionHash: receipt.transactionHash,
  });
}

/** The account cannot pay for the gas of a transaction. */
export class NoGasError extends RushesError {
  constructor(options: { account: Address; reason: string }) {
    super({
      code: 'no-gas',
      message: `${options.account} cannot pay for gas: ${options.reason}`,
      facts: options,
      advice: 'send it coins of the chain, not tokens of the network.',
    });
  }
}

/**
 * Another process of the same key used the nonce: this transaction can never be mined, and the call can be sent anew.
 */
export class NonceTakenError extends RushesError {
  constructor() {
    super({
      code: 'nonce-taken',
      message: 'another process sends with the same key and took the nonce',
      advice: 'Give every process a key of its own.',
    });
  }
}
