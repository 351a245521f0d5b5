import { StaticJsonRpcProvider } from '@ethersproject/providers';
import type { Rpc } from './createRpc.js';

/** An ethers provider whose requests go through our RPC client: with its deadlines, retries and errors. */
class RpcProvider extends StaticJsonRpcProvider {
  readonly #rpc: Rpc;

  constructor(rpc: Rpc, chainId: number) {
    super(rpc.rpcUrl, { chainId, name: `chain-${chainId}` });
    this.#rpc = rpc;
  }

  override async send(method: string, params: unknown[]): Promise<unknown> {
    return this.#rpc.send(method, params);
  }
}

/** Makes a provider for a chain whose id is known. It does not poll. */
export function createProvider(rpc: Rpc, chainId: number): StaticJsonRpcProvider {
  return new RpcProvider(rpc, chainId);
}
