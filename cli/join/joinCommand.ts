import { availableParallelism } from 'node:os';
import { Wallet } from '@ethersproject/wallet';
import { checkNetwork } from '../../adapters/chain/checkNetwork.js';
import { readAccount } from '../../adapters/chain/readAccount.js';
import { StakeMissingError } from '../../party/stakeOf.js';
import { RushesError } from '../../protocol/errors.js';
import type { Role } from '../../protocol/events.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { type Address, parseAddress } from '../../protocol/ids.js';
import type { NetworkDescription } from '../../protocol/network.js';
import { loadKernel } from '../../renderer/cpu/loadKernel.js';
import { kernelSource } from '../../renderer/kernels/kernelSource.js';
import { readOrMakeKey } from '../network/readOrMakeKey.js';
import { passphraseOf } from '../keys/passphraseOf.js';
import type { CommandContext } from '../options/CommandContext.js';
import { describeRisk } from '../party/describeRisk.js';
import { nextTimeOfDay } from '../party/nextTimeOfDay.js';
import type { PartyPlan } from '../party/PartyPlan.js';
import { planStake, type StakePlan } from '../party/planStake.js';
import { runParty } from '../party/runParty.js';
import { askNetwork, typedSource } from '../session/readNetwork.js';
import { receiveStart } from '../session/receiveStart.js';
import { askToGoOn } from '../terminal/askToGoOn.js';
import { keepNetwork } from '../party/joinedNetwork.js';

/** What `rushes join` is given. */
export interface JoinOptions {
  url: string;
  as: Role;
  threads?: number;
  /** Wei. */
  maxStake?: bigint;
  until?: { hours: number; minutes: number };
  /** Minutes. */
  idle?: number;
  yes: boolean;
}

/** Runs `rushes join URL`: from an address to a party at work. */
export async function joinCommand({ context, ...options }: JoinOptions & { context: CommandContext }): Promise<void> {
  const { env, terminal, signal } = context;
  // Compiling takes seconds: it goes on while the network is asked. Whoever starts the engine hears of a failure.
  loadKernel({ source: kernelSource(), cacheDir: env.cache }).catch(() => {});
  const network = await findNetworkOf(options.url, signal);
  const { as: role } = options;
  const joined = await keepNetwork(env.home, network);
  const keyFile = joined.keyFile(role);
  const key = await readOrMakeKey(keyFile, { passphrase: passphraseOf(context), isDaemons: true });
  const account = parseAddress(new Wallet(key).address);
  terminal.line(`network ${network.name} at ${options.url}, contract ${network.contract}, paid in test money`);
  if (network.contact !== undefined) terminal.line(`whom to write to: ${network.contact}`);
  await receiveStart({ network, account, terminal, signal });
  const plan: PartyPlan = {
    role,
    network,
    key,
    dataDir: joined.dataDir(role),
    threads: options.threads ?? (role === 'worker' ? availableParallelism() : 1),
    sceneBytes: undefined,
    nice: 0,
    cheat: undefined,
    stakeWei: undefined,
    maxStakeWei: options.maxStake,
    untilMs: options.until === undefined ? undefined : nextTimeOfDay(options.until, Date.now()),
    idleMinutes: options.idle,
    isWatched: true,
  };
  const stake = await planStake({ plan, signal });
  await agree({ plan, stake, account, keyFile, yes: options.yes, context });
  await runParty({ plan: { ...plan, stakeWei: stake.stakeWei, maxStakeWei: stake.maxStakeWei }, context });
}

/** The network behind an address, once it is what it says. */
async function findNetworkOf(url: string, signal: AbortSignal): Promise<NetworkDescription> {
  const { network, serverMs } = await askNetwork(typedSource(url), signal);
  await checkNetwork({ network, nowMs: Date.now(), serverMs, signal });
  return network;
}

/** Says what joining costs and risks, and asks. An account that is registered already has agreed before. */
async function agree({
  plan: { role, network },
  stake,
  account,
  keyFile,
  yes,
  context: { terminal, signal },
}: {
  plan: PartyPlan;
  stake: StakePlan;
  account: Address;
  keyFile: string;
  yes: boolean;
  context: CommandContext;
}): Promise<void> {
  const found = await readAccount({ network, account, signal });
  if (found.withdrawableAtSeconds !== undefined)
    throw new RushesError({
      code: 'unbonding',
      message: `account ${account} is leaving: its stake can be withdrawn from ${new Date(1000 * found.withdrawableAtSeconds).toLocaleString()} on`,
      facts: { account, withdrawableAtSeconds: found.withdrawableAtSeconds },
      advice: 'run `rushes leave` to its end, then join again.',
    });
  if (found.role !== undefined && found.role !== role)
    throw new RushesError({
      code: 'wrong-role',
      message: `account ${account} is registered as ${found.role}, not as ${role}`,
      facts: { account },
      advice: `join as ${found.role}, or give the ${role} a key of its own.`,
    });
  terminal.line(`${role} ${account}, its key is in ${keyFile}`);
  if (found.role === role)
    return terminal.line(`it is registered already, with ${formatMoney(found.stakeWei)} at stake`);
  const { balanceWei, stakeWei } = stake;
  if (balanceWei < stakeWei) throw new StakeMissingError({ role, account, balanceWei, stakeWei, isAtWork: false });
  for (const line of describeRisk({ role, stake })) terminal.line(line);
  if (yes) return;
  const question = `stake ${formatMoney(stakeWei)} and join as ${role}`;
  if (await askToGoOn({ question, terminal, signal })) return;
  throw new RushesError({
    code: 'declined',
    message: 'nothing was staked, and nothing was joined',
    advice: `the key and its test money stay in ${keyFile}.`,
  });
}
