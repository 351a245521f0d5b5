import { BadInputError, RushesError } from '../../protocol/errors.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { checkChainId, checkNamedAddress } from './checkChain.js';
import { isRushesContract } from './compareCode.js';
import { createRpc, type Rpc } from './createRpc.js';
import { refuseRealMoney } from './refuseRealMoney.js';
import { findBlock } from './readHeader.js';

/** Seconds that clocks may differ by: signed requests are good for minutes. */
const CLOCK_SECONDS = 120;
/** Age of a newest block from which its node is taken to be behind. */
const BEHIND_SECONDS = 300;

/**
 * Checks a network that a stranger described against its chain, before anything is signed for it: the chain's id, the
 * contract's own code, its token (which must be the test token), its policy, whether its node is at the head, and this
 * machine's clock. Throws WrongChainError, ChainUnreachableError, `foreign-contract`, `real-money`, `node-behind` or
 * `clock-off`, a sentence each.
 */
export async function checkNetwork(options: {
  network: NetworkDescription;
  /** Unix milliseconds of this machine, and of the server that described the network, where it said its time. */
  nowMs: number;
  serverMs: number | undefined;
  signal?: AbortSignal;
}): Promise<void> {
  const { network, nowMs, serverMs, signal } = options;
  const { rpcUrl, chainId } = network;
  const rpc = createRpc(rpcUrl);
  await checkChainId(rpc, network, signal);
  if (serverMs !== undefined && Math.abs(nowMs - serverMs) > 1000 * CLOCK_SECONDS)
    throw new ClockOffError({ aheadMs: nowMs - serverMs, than: "the network's" });
  await checkHead({ rpc, network, nowMs, serverMs, signal });
  if (!(await isRushesContract({ rpc, contract: network.contract, signal })))
    throw new BadInputError({
      code: 'foreign-contract',
      message: `what is at ${network.contract} on chain ${chainId} is not the Rushes contract of this version`,
      facts: { contract: network.contract, chainId },
      advice: "Run the version of rushes that the network runs; if you do, stay away from it: it isn't what it says.",
    });
  await checkNamedAddress({ rpc, network, what: 'token', expected: network.token, signal });
  await refuseRealMoney({ rpc, token: network.token, signal });
  await checkNamedAddress({ rpc, network, what: 'stakePolicy', expected: network.policy, signal });
}

async function checkHead(options: {
  rpc: Rpc;
  network: NetworkDescription;
  nowMs: number;
  serverMs: number | undefined;
  signal: AbortSignal | undefined;
}): Promise<void> {
  const { rpc, network, nowMs, serverMs, signal } = options;
  const head = await findBlock({ rpc, signal });
  const number = head === undefined ? 0 : Number(head.number);
  if (head === undefined || number < network.deploymentBlock)
    throw new NodeBehindError({
      rpcUrl: network.rpcUrl,
      how: `its newest block is ${number}, and the contract was deployed in ${network.deploymentBlock}`,
    });
  const ageSeconds = Math.round((serverMs ?? nowMs) / 1000 - Number(head.timestamp));
  if (ageSeconds > BEHIND_SECONDS)
    throw new NodeBehindError({
      rpcUrl: network.rpcUrl,
      how: `its newest block is ${Math.round(ageSeconds / 60)} minutes old`,
    });
  if (ageSeconds < -CLOCK_SECONDS) throw new ClockOffError({ aheadMs: 1000 * ageSeconds, than: "the chain's" });
}

/** The clocks of this machine and of a network differ by minutes. */
export class ClockOffError extends RushesError {
  constructor(options: { aheadMs: number; than: "the network's" | "the chain's" }) {
    const { aheadMs, than } = options;
    const minutes = Math.round(Math.abs(aheadMs) / 60_000);
    super({
      code: 'clock-off',
      message: `this machine's clock is ${minutes} minutes ${aheadMs > 0 ? 'ahead of' : 'behind'} ${than}`,
      facts: { aheadMs },
      advice: 'Set the clock (`timedatectl set-ntp true` where there is systemd), then try again.',
    });
  }
}

/** The node that a network names does not know the newest blocks. */
export class NodeBehindError extends RushesError {
  constructor(options: { rpcUrl: string; how: string }) {
    super({
      code: 'node-behind',
      message: `the chain's node at ${options.rpcUrl} is behind: ${options.how}`,
      facts: { rpcUrl: options.rpcUrl },
      advice: "Try again once it has caught up, or tell the network's operator.",
    });
  }
}
