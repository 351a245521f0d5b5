import { Wallet } from '@ethersproject/wallet';
import { Contract } from '@ethersproject/contracts';
import type { ContractEvent } from '../../protocol/events.js';
import { ROLE_CODES, VERDICT_CODES } from '../../protocol/events.js';
import { InvariantError } from '../../protocol/errors.js';
import type { Address, Bytes32, JobId, LeaseId, Wei } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { CallBounds, ChainPort, Receipt } from '../../protocol/ports.js';
import { bigintOfHex, rushesInterface, tokenInterface } from './abiValues.js';
import { checkChain } from './checkChain.js';
import { createProvider } from './createProvider.js';
import { createRpc, type Rpc } from './createRpc.js';
import { createSender, type Sender } from './createSender.js';
import { decodeEvent } from './decodeEvents.js';
import { bytesOfDeviceClass } from './deviceClass.js';
import type { RushesTransactions } from './generated/rushes.js';
import { readBlock, readHeader } from './readHeader.js';
import { readPolicy } from './readPolicy.js';
import { readLeafAnswer } from './readLeafAnswer.js';
import type { RpcReceipt } from './receipts.js';

/**
 * Gas limits of calls whose cost is decided between sending and mining: by the draw, or by who seals, reveals or takes
 * first. An estimate made before could be too low. Measured: contracts/gas/Rushes.json (takeLease 334,000 for 256
 * chunks); a draw walks up to 128 verifiers at about 7,000 gas each.
 */
const GAS_LIMITS: Partial<Record<keyof RushesTransactions, bigint>> = {
  takeLease: 700_000n,
  seal: 2_000_000n,
  settleUndrawn: 1_500_000n,
  reveal: 1_200_000n,
  expire: 1_500_000n,
  voidConvicted: 1_000_000n,
};

const MAX_ALLOWANCE = (1n << 256n) - 1n;

/**
 * The contract seen from one account. Calls are tried on the pending block first, so that what the contract would
 * refuse is thrown as ContractRevertedError without being sent. Safe for concurrent calls. Checks at once that the
 * chain is the network's: throws WrongChainError otherwise.
 */
export async function connectChain(options: {
  network: NetworkDescription;
  /** Private key, 32 bytes of hex. */
  key: string;
  signal?: AbortSignal;
  /** Longest wait for a transaction to be mined, default 90,000. */
  deadlineMs?: number;
}): Promise<ChainPort> {
  const { network } = options;
  const rpc = createRpc(network.rpcUrl);
  await checkChain(rpc, network, options.signal);
  const wallet = new Wallet(options.key);
  const sender = createSender({
    rpc,
    wallet,
    chainId: network.chainId,
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
  });
  return portOf(network, rpc, sender);
}

function portOf(network: NetworkDescription, rpc: Rpc, sender: Sender): ChainPort {
  const provider = createProvider(rpc, network.chainId);
  const token = new Contract(network.token, tokenInterface, provider);
  const timestamps = new Map<string, number>();
  let approving: Promise<void> | undefined;

  async function timestampOf(receipt: RpcReceipt): Promise<number> {
    const known = timestamps.get(receipt.blockHash);
    if (known !== undefined) return known;
    const block = await readBlock({ rpc, blockNumber: Number(receipt.blockNumber) });
    if (timestamps.size > 1_000) timestamps.clear();
    timestamps.set(receipt.blockHash, Number(block.timestamp));
    return Number(block.timestamp);
  }

  async function transact<Name extends keyof RushesTransactions>(
    method: Name,
    args: RushesTransactions[Name],
    bounds: CallBounds | undefined,
  ): Promise<Receipt> {
    const gasLimit = GAS_LIMITS[method];
    const receipt = await sender.send(
      {
        to: network.contract,
        data: rushesInterface.encodeFunctionData(method, args),
        method,
        ...(gasLimit === undefined ? {} : { gasLimit }),
      },
      { signal: bounds?.signal },
    );
    const ours = receipt.logs.filter((log) => log.address.toLowerCase() === network.contract);
    const timestampSeconds = ours.length === 0 ? 0 : await timestampOf(receipt);
    return {
      transactionHash: receipt.transactionHash as Bytes32,
      blockNumber: Number(receipt.blockNumber),
      gasUsed: bigintOfHex(receipt.gasUsed),
      events: ours.map((log) => decodeEvent(log, timestampSeconds)),
    };
  }

  /** Lets the contract take tokens, once for all: what it takes is always the caller's own request. */
  async function allow(amountWei: Wei, bounds: CallBounds | undefined): Promise<void> {
    if (amountWei === 0n || (await readAllowance()) >= amountWei) return;
    approving ??= sender
      .send(
        {
          to: network.token,
          data: tokenInterface.encodeFunctionData('approve', [network.contract, MAX_ALLOWANCE]),
          method: 'approve',
        },
        { signal: bounds?.signal },
      )
      .then(() => undefined)
      .finally(() => {
        approving = undefined;
      });
    await approving;
  }

  async function readAllowance(): Promise<Wei> {
    const data = tokenInterface.encodeFunctionData('allowance', [sender.account, network.contract]);
    return bigintOfHex(await rpc.send<string>('eth_call', [{ to: network.token, data }, 'latest']));
  }

  const leaseIdOf = (leaseId: LeaseId): bigint => BigInt(leaseId);

  return {
    network,
    account: sender.account,

    async register({ role, deviceClass, stakeWei }, bounds) {
      await allow(stakeWei, bounds);
      return transact('register', [ROLE_CODES[role], bytesOfDeviceClass(deviceClass), stakeWei], bounds);
    },
    async topUpStake({ amountWei }, bounds) {
      await allow(amountWei, bounds);
      return transact('topUpStake', [amountWei], bounds);
    },
    beginUnbonding: (bounds) => transact('beginUnbonding', [], bounds),
    withdrawStake: (bounds) => transact('withdrawStake', [], bounds),

    async createJob(request, bounds) {
      await allow(request.budgetWei, bounds);
      const receipt = await transact('createJob', [{ ...request, deadline: BigInt(request.deadline) }], bounds);
      return { ...receipt, jobId: eventOf(receipt, 'JobCreated').args.jobId as JobId };
    },
    async fundJob({ jobId, amountWei }, bounds) {
      await allow(amountWei, bounds);
      return transact('fundJob', [jobId, amountWei], bounds);
    },
    closeJob: ({ jobId }, bounds) => transact('closeJob', [jobId], bounds),
    withdrawUnreserved: ({ jobId, amountWei }, bounds) => transact('withdrawUnreserved', [jobId, amountWei], bounds),

    async takeLease({ jobId, word, mask, weightsWord, weightsProof }, bounds) {
      const receipt = await transact('takeLease', [jobId, word, mask, weightsWord, weightsProof], bounds);
      return { ...receipt, leaseId: eventOf(receipt, 'LeaseTaken').args.leaseId };
    },
    commit: ({ leaseId, root, outputsDigest }, bounds) =>
      transact('commit', [leaseIdOf(leaseId), root, outputsDigest], bounds),
    seal: ({ leaseId, header, sealHash }, bounds) => transact('seal', [leaseIdOf(leaseId), header, sealHash], bounds),
    settleUndrawn: ({ leaseId, header }, bounds) => transact('settleUndrawn', [leaseIdOf(leaseId), header], bounds),
    open: ({ leaseId, openingDigest }, bounds) => transact('open', [leaseIdOf(leaseId), openingDigest], bounds),
    reveal: ({ leaseId, verdict, findingDigest, valuesHash, secret }, bounds) =>
      transact('reveal', [leaseIdOf(leaseId), VERDICT_CODES[verdict], findingDigest, valuesHash, secret], bounds),
    demandOpening: ({ leaseId, chunkIndex, leafIndex }, bounds) =>
      transact('demandOpening', [leaseIdOf(leaseId), chunkIndex, leafIndex], bounds),
    answerOpening: ({ leaseId, verifier, answer }, bounds) =>
      transact('answerOpening', [leaseIdOf(leaseId), verifier, answer], bounds),
    expire: ({ leaseId }, bounds) => transact('expire', [leaseIdOf(leaseId)], bounds),
    voidConvicted: ({ leaseId }, bounds) => transact('voidConvicted', [leaseIdOf(leaseId)], bounds),
    withdraw: (bounds) => transact('withdraw', [], bounds),

    readPolicy: (policy, bounds) => readPolicy({ rpc, policy, signal: bounds?.signal }),
    async readBalance(account, bounds) {
      bounds?.signal?.throwIfAborted();
      const balance = await (token.balanceOf as (account: Address) => Promise<{ toBigInt(): bigint }>)(account);
      return balance.toBigInt();
    },
    readLeafAnswer: (transactionHash, bounds) =>
      readLeafAnswer({ rpc, contract: network.contract, transactionHash, signal: bounds?.signal }),
    readHeader: (blockNumber, bounds) => readHeader({ rpc, blockNumber, signal: bounds?.signal }),
    async blockNumber(bounds) {
      return Number(await rpc.send<string>('eth_blockNumber', [], { signal: bounds?.signal }));
    },
    async blockTimestamp(blockNumber, bounds) {
      return Number(
        (await readBlock({ rpc, ...(blockNumber === undefined ? {} : { blockNumber }), signal: bounds?.signal }))
          .timestamp,
      );
    },
  };
}

function eventOf<Name extends ContractEvent['name']>(
  receipt: Receipt,
  name: Name,
): Extract<ContractEvent, { name: Name }> {
  const event = receipt.events.find((candidate) => candidate.name === name);
  if (event === undefined)
    throw new InvariantError({
      what: `events of transaction ${receipt.transactionHash}`,
      expected: name,
      actual: receipt.events.map((found) => found.name).join(', '),
    });
  return event as Extract<ContractEvent, { name: Name }>;
}
