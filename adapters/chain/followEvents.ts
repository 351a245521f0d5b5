import { createBackoff } from '../../protocol/createBackoff.js';
import type { ContractEvent } from '../../protocol/events.js';
import type { Bytes32 } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { ChainHead } from '../../protocol/ports.js';
import { pause } from '../pause.js';
import { ChainUnreachableError, RpcError } from './chainErrors.js';
import { createRpc, type Rpc } from './createRpc.js';
import { decodeEvent, type RpcLog } from './decodeEvents.js';
import { findBlock, type RpcBlock } from './readHeader.js';

/** A head with the block's hash, by which a follower that starts again can tell whether the chain changed behind it. */
export interface FollowedHead extends ChainHead {
  blockHash: Bytes32;
}

/** Blocks asked for at once while catching up; halved when the node finds it too much. */
const MOST_BLOCKS = 2_000;
/** Heads remembered to find where a replaced chain forks off. */
const REMEMBERED_HEADS = 512;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hands over the contract's events in order, from `fromBlock` (default: the deployment block) on, until the signal
 * aborts; resolves then. Each batch ends at a head whose chain every event in it belongs to. When the chain was
 * replaced, or went back (a local chain restarted from its last state), `onRollback` gets the last block that stayed,
 * and the events after it follow anew. RPC trouble is waited out with growing pauses. What a handler throws ends it.
 */
export async function followEvents(options: {
  network: Pick<NetworkDescription, 'rpcUrl' | 'contract' | 'deploymentBlock'>;
  fromBlock?: number;
  /**
   * Hash of block `fromBlock - 1` as known when it was followed before: if the chain has another, everything is rolled
   * back to the deployment.
   */
  parentHash?: Bytes32;
  /** Milliseconds between looks at the head, default 300. */
  pollMs?: number;
  signal: AbortSignal;
  /** Called in order, one call at a time, also without events when the head moves. */
  onEvents(events: readonly ContractEvent[], head: FollowedHead): void | Promise<void>;
  onRollback(toBlock: number): void | Promise<void>;
  /** Told of every attempt that failed, for the log. */
  onTrouble?: (error: Error) => void;
}): Promise<void> {
  const { network, signal } = options;
  const rpc = createRpc(network.rpcUrl);
  const start = options.fromBlock ?? network.deploymentBlock;
  const followed = createFollowed(start, options.parentHash);
  let batchBlocks = MOST_BLOCKS;
  const pollMs = options.pollMs ?? 300;
  const backoff = createBackoff({ firstMs: 2 * pollMs, longestMs: LONGEST_PAUSE_MS, random: Math.random });
  while (!signal.aborted) {
    let step: Step | undefined;
    let pauseMs = pollMs;
    try {
      step = await nextStep({ rpc, network, followed, batchBlocks, signal });
      backoff.reset();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RpcError) && !(error instanceof ChainUnreachableError)) throw error;
      options.onTrouble?.(error);
      // The node answers but refuses: perhaps there were too many logs in the range.
      if (error instanceof RpcError) batchBlocks = Math.max(1, Math.floor(batchBlocks / 2));
      pauseMs = backoff.nextMs();
    }
    // Handlers run out here: their errors are theirs, and must not pass for trouble with the node.
    if (step === undefined) {
      await pause(pauseMs, signal).catch(() => undefined);
    } else if (step.kind === 'rollback') {
      followed.rollback(step.toBlock);
      await options.onRollback(step.toBlock);
    } else {
      followed.advance(step.head);
      await options.onEvents(step.events, step.head);
      batchBlocks = Math.min(MOST_BLOCKS, batchBlocks * 2);
    }
  }
}

type Step = { kind: 'rollback'; toBlock: number } | { kind: 'events'; events: ContractEvent[]; head: FollowedHead };

/** What is to be done next: nothing, a rollback, or the events of the next blocks. */
async function nextStep(options: {
  rpc: Rpc;
  network: { contract: string; deploymentBlock: number };
  followed: Followed;
  batchBlocks: number;
  signal: AbortSignal;
}): Promise<Step | undefined> {
  const { rpc, network, followed, signal } = options;
  const latest = await findBlock({ rpc, signal });
  if (latest === undefined) return undefined;
  const last = followed.last();
  const latestNumber = Number(latest.number);

  // Does the chain still hold the block we read last?
  if (
    last.hash !== undefined &&
    latest.hash !== last.hash &&
    (latestNumber <= last.number || latest.parentHash !== last.hash)
  ) {
    const now = latestNumber < last.number ? undefined : await findBlock({ rpc, blockNumber: last.number, signal });
    if (now?.hash !== last.hash)
      return { kind: 'rollback', toBlock: await commonBlock(rpc, followed, network.deploymentBlock - 1, signal) };
  }
  if (latestNumber <= last.number) return undefined;

  const fromBlock = last.number + 1;
  const toBlock = Math.min(latestNumber, last.number + options.batchBlocks);
  const top = toBlock === latestNumber ? latest : await findBlock({ rpc, blockNumber: toBlock, signal });
  const logs = await rpc.send<RpcLog[]>(
    'eth_getLogs',
    [{ address: network.contract, fromBlock: hexNumber(fromBlock), toBlock: hexNumber(toBlock) }],
    { signal },
  );
  const timestamps = await readTimestamps(rpc, logs, top, signal);
  // The same block at the top before and after, and our last block still below it: everything between is of one chain.
  const [topAfter, below] = await Promise.all([
    findBlock({ rpc, blockNumber: toBlock, signal }),
    last.hash === undefined || top?.parentHash === last.hash
      ? undefined
      : findBlock({ rpc, blockNumber: last.number, signal }),
  ]);
  const isOneChain =
    top !== undefined &&
    topAfter?.hash === top.hash &&
    (below === undefined || below.hash === last.hash) &&
    timestamps !== undefined;
  if (!isOneChain) return undefined;

  const events = logs
    .map((log) => decodeEvent(log, timestamps.get(log.blockHash) as number))
    .sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  return {
    kind: 'events',
    events,
    head: { blockNumber: toBlock, timestampSeconds: Number(top.timestamp), blockHash: top.hash as Bytes32 },
  };
}

/** Timestamps by block hash; undefined when a log's block is not in the chain any more. */
async function readTimestamps(
  rpc: Rpc,
  logs: readonly RpcLog[],
  top: RpcBlock | undefined,
  signal: AbortSignal,
): Promise<Map<string, number> | undefined> {
  const timestamps = new Map<string, number>();
  if (top !== undefined) timestamps.set(top.hash, Number(top.timestamp));
  for (const log of logs) {
    if (timestamps.has(log.blockHash)) continue;
    const block = await findBlock({ rpc, blockNumber: Number(log.blockNumber), signal });
    if (block?.hash !== log.blockHash) return undefined;
    timestamps.set(block.hash, Number(block.timestamp));
  }
  return timestamps;
}

/** The newest remembered block that the chain still has. */
async function commonBlock(rpc: Rpc, followed: Followed, beforeAll: number, signal: AbortSignal): Promise<number> {
  for (const { number, hash } of followed.heads()) {
    const now = await findBlock({ rpc, blockNumber: number, signal });
    if (now?.hash === hash) return number;
  }
  return beforeAll;
}

interface Followed {
  /** The block read last; its hash is unknown before the first. */
  last(): { number: number; hash: string | undefined };
  /** Remembered heads, newest first. */
  heads(): { number: number; hash: string }[];
  advance(head: FollowedHead): void;
  rollback(toBlock: number): void;
}

function createFollowed(start: number, parentHash: string | undefined): Followed {
  let heads: { number: number; hash: string }[] =
    parentHash === undefined ? [] : [{ number: start - 1, hash: parentHash }];
  let floor = start - 1;
  return {
    last: () => heads.at(-1) ?? { number: floor, hash: undefined },
    heads: () => heads.toReversed(),
    advance(head) {
      heads.push({ number: head.blockNumber, hash: head.blockHash });
      if (heads.length > REMEMBERED_HEADS) heads.shift();
    },
    rollback(toBlock) {
      heads = heads.filter(({ number }) => number <= toBlock);
      if (heads.length === 0) floor = toBlock;
    },
  };
}

function hexNumber(value: number): string {
  return `0x${value.toString(16)}`;
}
