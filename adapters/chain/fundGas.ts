import type { Address } from '../../protocol/ids.js';
import { createRpc } from './createRpc.js';
import { FUND_GAS_METHOD } from './gasMoney.js';

/** Gives an account of a local chain coins to pay gas with. It has at least 1,000,000 after. */
export async function fundGas(options: { rpcUrl: string; account: Address; signal?: AbortSignal }): Promise<void> {
  await createRpc(options.rpcUrl).send(FUND_GAS_METHOD, [options.account], { signal: options.signal });
}
