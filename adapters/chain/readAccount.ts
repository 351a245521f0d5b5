import type { Role } from '../../protocol/events.js';
import type { Address, Wei } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { plainValue, rushesInterface } from './abiValues.js';
import { createRpc } from './createRpc.js';

/** What an account is on the contract now. */
export interface ContractAccount {
  /** Undefined: not registered. */
  role: Role | undefined;
  stakeWei: Wei;
  /** Unix seconds from which an unbonding stake can be withdrawn; undefined while bonded. */
  withdrawableAtSeconds: number | undefined;
  openLeases: number;
  openAudits: number;
  /** What `withdraw` pays. */
  owedWei: Wei;
}

const ROLES: readonly (Role | undefined)[] = [undefined, 'worker', 'verifier'];

/** Asks the contract about an account. Throws ChainUnreachableError. */
export async function readAccount({
  network,
  account,
  signal,
}: {
  network: Pick<NetworkDescription, 'rpcUrl' | 'contract'>;
  account: Address;
  signal?: AbortSignal | undefined;
}): Promise<ContractAccount> {
  const rpc = createRpc(network.rpcUrl);
  const call = async (name: 'getAccount' | 'owedWei'): Promise<unknown> => {
    const data = rushesInterface.encodeFunctionData(name, [account]);
    const result = await rpc.send<string>('eth_call', [{ to: network.contract, data }, 'latest'], { signal });
    const [type] = rushesInterface.getFunction(name).outputs ?? [];
    return plainValue(type!, rushesInterface.decodeFunctionResult(name, result)[0]);
  };
  const [found, owedWei] = await Promise.all([call('getAccount'), call('owedWei')]);
  const { role, withdrawableAt, ...more } = found as Omit<ContractAccount, 'role' | 'owedWei'> & {
    role: number;
    withdrawableAt: number;
  };
  return {
    role: ROLES[role],
    stakeWei: more.stakeWei,
    withdrawableAtSeconds: withdrawableAt === 0 ? undefined : withdrawableAt,
    openLeases: more.openLeases,
    openAudits: more.openAudits,
    owedWei: owedWei as Wei,
  };
}
