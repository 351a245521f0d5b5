import { RPC_CODES, rpcError } from './answerRpc.js';
import type { RpcAnswer } from './connectIpc.js';

/** What one request of a stranger may cost the node at most. */
export const RPC_BOUNDS = {
  /** Blocks whose logs are searched; followers of this package ask for 2,000 at once. */
  logBlocks: 10_000,
  /** Gas of a call that is only tried. */
  callGas: 60_000_000,
  /** Blocks of a fee history. */
  feeBlocks: 1_024,
  /** Slots of one proof. */
  proofSlots: 100,
} as const;

/** Calls that the node executes: their first parameter is the call, the second the block. */
const EXECUTED: ReadonlySet<string> = new Set(['eth_call', 'eth_estimateGas', 'eth_createAccessList']);

/**
 * Why a public method is not passed on with these parameters: it would cost the node more than a stranger's question
 * may. Undefined when it may be. `readHead` is asked for the newest block only where the answer depends on it.
 */
export async function refuseExcess(
  method: string,
  params: unknown,
  readHead: () => Promise<number>,
): Promise<RpcAnswer | undefined> {
  if (!Array.isArray(params)) return refusal(`the parameters of ${method} are not a list`);
  const given = params as unknown[];
  if (method === 'eth_getLogs') return await refuseLogs(given[0], readHead);
  if (EXECUTED.has(method)) {
    if (given.length > 2) return refusal(`${method} is passed on without overrides of state or block`);
    const gas = numberOf(fieldOf(given[0], 'gas'));
    if (gas !== undefined && gas > RPC_BOUNDS.callGas)
      return refusal(`${method} may use at most ${RPC_BOUNDS.callGas} gas`);
  }
  if (method === 'eth_feeHistory' && (numberOf(given[0]) ?? 0) > RPC_BOUNDS.feeBlocks)
    return refusal(`eth_feeHistory covers at most ${RPC_BOUNDS.feeBlocks} blocks`);
  if (method === 'eth_getProof' && Array.isArray(given[1]) && given[1].length > RPC_BOUNDS.proofSlots)
    return refusal(`eth_getProof proves at most ${RPC_BOUNDS.proofSlots} slots`);
  return undefined;
}

async function refuseLogs(filter: unknown, readHead: () => Promise<number>): Promise<RpcAnswer | undefined> {
  if (fieldOf(filter, 'blockHash') !== undefined) return undefined;
  const [from, to] = [fieldOf(filter, 'fromBlock') ?? 'latest', fieldOf(filter, 'toBlock') ?? 'latest'];
  // Tags but "earliest" are at the head or near it.
  const first = from === 'earliest' ? 0 : numberOf(from);
  if (first === undefined) return undefined;
  const last = to === 'earliest' ? 0 : (numberOf(to) ?? (await readHead()));
  if (last - first < RPC_BOUNDS.logBlocks) return undefined;
  return refusal(`eth_getLogs covers at most ${RPC_BOUNDS.logBlocks} blocks, not ${last - first + 1}`);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** What a node would read as a number; undefined for tags and what it would refuse by itself. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^(0x[0-9a-f]+|[0-9]+)$/i.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 ? number : undefined;
}

function refusal(message: string): RpcAnswer {
  return rpcError(RPC_CODES.invalidParams, message);
}
