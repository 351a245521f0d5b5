import { RushesError } from '../../protocol/errors.js';
import type { Wei } from '../../protocol/ids.js';
import { bigintOfHex } from './abiValues.js';
import type { Rpc } from './createRpc.js';

/** What gas costs, wei per unit of gas. */
export interface Fees {
  /** Of the newest block. */
  baseFeePerGas: Wei;
  tipPerGas: Wei;
  /** The most to offer: the base fee may double before the transaction is in a block. */
  maxFeePerGas: Wei;
}

/** Offered where the node gives no advice. */
const USUAL_TIP = '0x3b9aca00';

/** Reads what to offer for gas now. Throws `no-fee-market` for a chain without the fees of EIP-1559. */
export async function readFees(rpc: Rpc, signal?: AbortSignal): Promise<Fees> {
  const [block, tip] = await Promise.all([
    rpc.send<{ baseFeePerGas?: string }>('eth_getBlockByNumber', ['latest', false], { signal }),
    rpc.send<string>('eth_maxPriorityFeePerGas', [], { signal }).catch(() => USUAL_TIP),
  ]);
  if (block.baseFeePerGas === undefined)
    throw new RushesError({
      code: 'no-fee-market',
      message: `the chain at ${rpc.rpcUrl} has no base fee (EIP-1559), and Rushes sends no other transactions`,
      facts: { rpcUrl: rpc.rpcUrl },
      advice: 'use a chain with the rules of Prague.',
      exitCode: 2,
    });
  const baseFeePerGas = bigintOfHex(block.baseFeePerGas);
  const tipPerGas = bigintOfHex(tip);
  return { baseFeePerGas, tipPerGas, maxFeePerGas: 2n * baseFeePerGas + tipPerGas };
}
