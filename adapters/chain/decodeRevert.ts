import { contractErrorOf } from '../../protocol/errorCodes.js';
import { plainFields, rushesInterface, tokenInterface } from './abiValues.js';
import { ContractRevertedError, RpcError } from './chainErrors.js';

/**
 * The error of a call that the chain refused, as the contract states it; undefined when it is about something else than
 * a revert.
 */
export function decodeRevert(
  error: unknown,
  method: string,
  transactionHash?: string,
): ContractRevertedError | undefined {
  if (!(error instanceof RpcError)) return undefined;
  const data = revertData(error.data);
  const about = { method, ...(transactionHash === undefined ? {} : { transactionHash }) };
  if (data === undefined)
    return /revert/i.test(error.message)
      ? new ContractRevertedError({ errorName: 'Unknown', facts: { reason: error.message }, ...about })
      : undefined;
  for (const abi of [rushesInterface, tokenInterface]) {
    const fragment = Object.values(abi.errors).find((candidate) => abi.getSighash(candidate) === data.slice(0, 10));
    if (fragment === undefined) continue;
    return new ContractRevertedError({
      errorName: contractErrorOf(fragment.name),
      facts: plainFields(fragment.inputs, abi.decodeErrorResult(fragment, data)),
      ...about,
    });
  }
  return new ContractRevertedError({ errorName: 'Unknown', facts: { data, reason: error.message }, ...about });
}

/** What the contract returned when it reverted, wherever the node put it in its answer. */
function revertData(data: unknown): string | undefined {
  if (typeof data === 'string') return /^0x[0-9a-fA-F]{8,}$/.test(data) ? data : undefined;
  if (typeof data === 'object' && data !== null && 'data' in data) return revertData(data.data);
  return undefined;
}
