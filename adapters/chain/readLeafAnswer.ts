import { bytesOfHex } from '../../protocol/bytes.js';
import type { Address, Bytes32 } from '../../protocol/ids.js';
import type { LeafAnswer } from '../../protocol/ports.js';
import { rushesInterface } from './abiValues.js';
import type { Rpc } from './createRpc.js';

/** What answerOpening's call data decodes to. */
type DecodedAnswer = {
  position: number;
  blockIndex: number;
  batch: number;
  salt: string;
  sums: string;
  leafPath: string[];
  pixelHash: string;
  preparedHash: string;
  kernelHash: string;
  chunkPath: string[];
};

/**
 * The leaf that a mined answerOpening transaction showed, from its call data; undefined when it was no direct call of
 * the contract, as when another contract made it.
 */
export async function readLeafAnswer(options: {
  rpc: Rpc;
  contract: Address;
  transactionHash: Bytes32;
  signal: AbortSignal | undefined;
}): Promise<LeafAnswer | undefined> {
  const transaction = await options.rpc.send<{ to: string | null; input: string } | null>(
    'eth_getTransactionByHash',
    [options.transactionHash],
    { signal: options.signal },
  );
  if (
    transaction?.to?.toLowerCase() !== options.contract ||
    !transaction.input.startsWith(rushesInterface.getSighash('answerOpening'))
  )
    return undefined;
  const answer = rushesInterface.decodeFunctionData('answerOpening', transaction.input)['answer'] as DecodedAnswer;
  return {
    position: Number(answer.position),
    blockIndex: Number(answer.blockIndex),
    batch: Number(answer.batch),
    salt: answer.salt as Bytes32,
    sums: bytesOfHex(answer.sums),
    leafPath: answer.leafPath as Bytes32[],
    pixelHash: answer.pixelHash as Bytes32,
    preparedHash: answer.preparedHash as Bytes32,
    kernelHash: answer.kernelHash as Bytes32,
    chunkPath: answer.chunkPath as Bytes32[],
  };
}
