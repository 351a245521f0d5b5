import type { ContractErrorName } from '../../protocol/errorCodes.js';
import { RushesError } from '../../protocol/errors.js';

/** The contract refused: `code` is the name of its custom error, `facts` are the error's fields. */
export class ContractRevertedError extends RushesError {
  /** Name of the custom error, such as `ChunksTaken`; `Unknown` for any other reason. */
  readonly errorName: ContractErrorName;

  constructor(options: {
    errorName: ContractErrorName;
    method: string;
    facts: Record<string, unknown>;
    transactionHash?: string;
  }) {
    const facts = Object.entries(options.facts)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
    super({
      code: options.errorName,
      message: `the contract refused ${options.method}: ${options.errorName}${facts === '' ? '' : ` (${facts})`}`,
      facts: {
        ...options.facts,
        method: options.method,
        ...(options.transactionHash === undefined ? {} : { transactionHash: options.transactionHash }),
      },
    });
    this.errorName = options.errorName;
  }
}

/** A node of the chain cannot be reached, or answers nonsense. */
export class ChainUnreachableError extends RushesError {
  constructor(options: { rpcUrl: string; method: string; reason: string; cause?: unknown }) {
    super({
      code: 'chain-unreachable',
      message: `the chain at ${options.rpcUrl} did not answer ${options.method}: ${options.reason}`,
      facts: { rpcUrl: options.rpcUrl, method: options.method, reason: options.reason },
      advice: 'Check that the node runs and that the network file names its address.',
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}

/** The node answered a request with a JSON-RPC error. */
export class RpcError extends RushesError {
  /** The error's `data`: for a refused call, what the contract returned. */
  readonly data: unknown;

  constructor(options: { method: string; rpcCode: number; reason: string; data: unknown }) {
    super({
      code: 'rpc-error',
      message: `the chain refused ${options.method}: ${options.reason}`,
      facts: { method: options.method, rpcCode: options.rpcCode, reason: options.reason },
    });
    this.data = options.data;
  }
}

/** A transaction was sent and is in no block by its deadline. It may still be mined. */
export class NotMinedError extends RushesError {
  constructor(options: { method: string; transactionHash: string; deadlineMs: number }) {
    super({
      code: 'not-mined',
      message: `${options.method} (transaction ${options.transactionHash}) was not mined within ${options.deadlineMs} ms`,
      facts: { method: options.method, transactionHash: options.transactionHash, deadlineMs: options.deadlineMs },
      advice: 'Check that the chain makes blocks and that the account can pay for gas.',
    });
  }
}

/** The chain is not the one the network file describes. */
export class WrongChainError extends RushesError {
  constructor(options: { rpcUrl: string; expected: string; actual: string; what: string }) {
    super({
      code: 'wrong-chain',
      message: `${options.rpcUrl} is not the network's chain: ${options.what} is ${options.actual}, the network file says ${options.expected}`,
      facts: { rpcUrl: options.rpcUrl, what: options.what, expected: options.expected, actual: options.actual },
      advice: 'Use the network file of the chain that runs, or start the network again in an empty folder.',
      exitCode: 2,
    });
  }
}
