import { ContractFactory } from '@ethersproject/contracts';
import { Wallet } from '@ethersproject/wallet';
import { readFile } from 'node:fs/promises';
import { type Address, parseAddress } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { PolicyNumbers } from '../../protocol/policy.js';
import { policyAbi } from './generated/policy.js';
import { rushesAbi } from './generated/rushes.js';
import { tokenAbi } from './generated/token.js';
import { createProvider } from './createProvider.js';
import { createRpc, type Rpc } from './createRpc.js';
import { fundGas } from './fundGas.js';
import { LOCAL_POLICY } from './localPolicy.js';
import { awaitReceipt } from './receipts.js';

/** The chain's part of a network description. */
export type Deployment = Pick<
  NetworkDescription,
  'chainId' | 'rpcUrl' | 'contract' | 'token' | 'policy' | 'deploymentBlock' | 'testMoney'
>;

type Deployable = 'PolicyRules' | 'Roster' | 'Policy' | 'TestToken' | 'Rushes';
type FactoryAbi = ConstructorParameters<typeof ContractFactory>[0];
type Bytecode = Record<Deployable, { links: Record<string, number[]>; bytecode: string }>;

/**
 * Deploys test token, policy, libraries and contract on a local chain, one after the other (about a second each at one
 * block per second; the transactions that do not need one another share blocks). The deployer gets gas money from
 * anvil; it has no right over anything after.
 */
export async function deployRushes(options: {
  rpcUrl: string;
  /** Private key, 32 bytes of hex. */
  deployerKey: string;
  /** Default: the policy of local networks. */
  policy?: PolicyNumbers;
  signal?: AbortSignal;
}): Promise<Deployment> {
  const { rpcUrl, signal } = options;
  const rpc = createRpc(rpcUrl);
  const chainId = Number(await rpc.send<string>('eth_chainId', [], { signal }));
  const wallet = new Wallet(options.deployerKey, createProvider(rpc, chainId));
  await fundGas({
    rpcUrl,
    account: parseAddress(wallet.address),
    ...(signal === undefined ? {} : { signal }),
  });
  const bytecode = JSON.parse(
    await readFile(new URL('./generated/bytecode.json', import.meta.url), 'utf8'),
  ) as Bytecode;

  const account = wallet.address;
  let nonce = Number(await rpc.send<string>('eth_getTransactionCount', [account, 'latest'], { signal }));
  const deploy = async (
    name: Deployable,
    abi: unknown,
    args: readonly unknown[],
    libraries: Partial<Record<Deployable, string>> = {},
  ): Promise<{ address: Address; blockNumber: number }> => {
    const factory = new ContractFactory(abi as FactoryAbi, linked(bytecode[name], libraries), wallet);
    const response = await factory.signer.sendTransaction({ ...factory.getDeployTransaction(...args), nonce: nonce++ });
    return deployedBy(rpc, response.hash, name, signal);
  };
  // Sent in order, so that the nonces have no gap; mined together.
  const independent = await Promise.all([
    deploy('PolicyRules', [], []),
    deploy('Roster', [], []),
    deploy('Policy', policyAbi, [options.policy ?? LOCAL_POLICY]),
    deploy('TestToken', tokenAbi, []),
  ]);
  const [rules, roster, policy, token] = independent.map(({ address }) => address) as [
    Address,
    Address,
    Address,
    Address,
  ];
  const rushes = await deploy('Rushes', rushesAbi, [token, policy], { PolicyRules: rules, Roster: roster });
  return {
    chainId,
    rpcUrl,
    contract: rushes.address,
    token,
    policy,
    deploymentBlock: rushes.blockNumber,
    testMoney: true,
  };
}

/** Bytecode with the addresses of its libraries. */
function linked({ bytecode, links }: Bytecode[Deployable], libraries: Partial<Record<string, string>>): string {
  let code = bytecode;
  for (const [library, places] of Object.entries(links)) {
    const address = libraries[library];
    if (address === undefined) throw new TypeError(`library ${library} is not deployed`);
    for (const place of places)
      code = code.slice(0, 2 + 2 * place) + address.slice(2).toLowerCase() + code.slice(2 + 2 * place + 40);
  }
  return code;
}

async function deployedBy(
  rpc: Rpc,
  hash: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<{ address: Address; blockNumber: number }> {
  const receipt = await awaitReceipt({ rpc, hash, what: `deploying ${name}`, deadlineMs: 60_000, signal });
  if (Number(receipt.status) !== 1 || receipt.contractAddress === null)
    throw new TypeError(`deploying ${name} failed in transaction ${hash}`);
  return { address: parseAddress(receipt.contractAddress), blockNumber: Number(receipt.blockNumber) };
}
