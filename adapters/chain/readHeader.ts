import { keccak256 } from '@ethersproject/keccak256';
import { bytesOfHex, concatBytes } from '../../protocol/bytes.js';
import { InvariantError, RushesError } from '../../protocol/errors.js';
import type { Rpc } from './createRpc.js';

/** A block as eth_getBlockByNumber gives it, as far as headers go. */
export interface RpcBlock {
  number: string;
  hash: string;
  parentHash: string;
  timestamp: string;
  [field: string]: unknown;
}

/** Header fields in the order they are encoded. Quantities lose their leading zeros, data keeps them. */
const REQUIRED_FIELDS = [
  ['parentHash', 'data'],
  ['sha3Uncles', 'data'],
  ['miner', 'data'],
  ['stateRoot', 'data'],
  ['transactionsRoot', 'data'],
  ['receiptsRoot', 'data'],
  ['logsBloom', 'data'],
  ['difficulty', 'quantity'],
  ['number', 'quantity'],
  ['gasLimit', 'quantity'],
  ['gasUsed', 'quantity'],
  ['timestamp', 'quantity'],
  ['extraData', 'data'],
  ['mixHash', 'data'],
  ['nonce', 'data'],
] as const;
/**
 * Fields that forks added at the end: London, Shanghai, Cancun (three), Prague, Amsterdam. A block has the first so
 * many of them.
 */
const ADDED_FIELDS = [
  ['baseFeePerGas', 'quantity'],
  ['withdrawalsRoot', 'data'],
  ['blobGasUsed', 'quantity'],
  ['excessBlobGas', 'quantity'],
  ['parentBeaconBlockRoot', 'data'],
  ['requestsHash', 'data'],
  ['blockAccessListHash', 'data'],
] as const;

/**
 * RLP of the header of a block whose fields a node gave. Throws InvariantError when its keccak is not the block's hash:
 * the chain has a field we do not know.
 */
export function encodeHeader(block: RpcBlock): Uint8Array {
  const items: Uint8Array[] = [];
  for (const [field, kind] of REQUIRED_FIELDS) items.push(encodeString(bytesOfField(block[field], kind)));
  for (const [field, kind] of ADDED_FIELDS) {
    if (block[field] === undefined || block[field] === null) break;
    items.push(encodeString(bytesOfField(block[field], kind)));
  }
  const body = concatBytes(items);
  const header = concatBytes([lengthPrefix(body.length, 0xc0), body]);
  const hash = keccak256(header);
  if (hash !== block.hash)
    throw new InvariantError({
      what: `keccak of the header of block ${Number(block.number)}`,
      expected: block.hash,
      actual: hash,
    });
  return header;
}

/** Reads a block's header as RLP whose keccak is the block's hash. */
export async function readHeader(options: {
  rpc: Rpc;
  blockNumber: number;
  signal?: AbortSignal | undefined;
}): Promise<Uint8Array> {
  return encodeHeader(await readBlock(options));
}

/** Reads a block without its transactions, the newest without a number. */
export async function readBlock(options: {
  rpc: Rpc;
  blockNumber?: number;
  signal?: AbortSignal | undefined;
}): Promise<RpcBlock> {
  const block = await findBlock(options);
  if (block === undefined)
    throw new RushesError({
      code: 'no-such-block',
      message: `the chain at ${options.rpc.rpcUrl} has no block ${options.blockNumber ?? 'at all'}`,
      facts: { blockNumber: options.blockNumber },
    });
  return block;
}

/** Reads a block without its transactions; undefined when the chain has none of that number. */
export async function findBlock(options: {
  rpc: Rpc;
  blockNumber?: number;
  signal?: AbortSignal | undefined;
}): Promise<RpcBlock | undefined> {
  const tag = options.blockNumber === undefined ? 'latest' : `0x${options.blockNumber.toString(16)}`;
  return (
    (await options.rpc.send<RpcBlock | null>('eth_getBlockByNumber', [tag, false], { signal: options.signal })) ??
    undefined
  );
}

function bytesOfField(value: unknown, kind: 'data' | 'quantity'): Uint8Array {
  const hex = String(value);
  if (kind === 'data') return bytesOfHex(hex);
  const digits = hex.slice(2).replace(/^0+/, '');
  return bytesOfHex(`0x${digits.length % 2 === 0 ? '' : '0'}${digits}`);
}

function encodeString(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 1 && (bytes[0] as number) < 0x80) return bytes;
  return concatBytes([lengthPrefix(bytes.length, 0x80), bytes]);
}

/** RLP's prefix of a string (offset 0x80) or list (0xc0). */
function lengthPrefix(length: number, offset: 0x80 | 0xc0): Uint8Array {
  if (length <= 55) return Uint8Array.of(offset + length);
  const digits = length.toString(16);
  const lengthBytes = bytesOfHex(`0x${digits.length % 2 === 0 ? '' : '0'}${digits}`);
  return Uint8Array.of(offset + 55 + lengthBytes.length, ...lengthBytes);
}
