import { connectChain } from '../../adapters/chain/connectChain.js';
import { type ContractAccount, readAccount } from '../../adapters/chain/readAccount.js';
import { pause } from '../../adapters/pause.js';
import type { Role } from '../../protocol/events.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import type { Wei } from '../../protocol/ids.js';
import type { ChainPort } from '../../protocol/ports.js';
import type { CommandContext } from '../options/CommandContext.js';
import { findParty } from '../party/findParty.js';
import { holdAccount } from '../party/holdAccount.js';
import { formatDuration } from '../terminal/formatDuration.js';
import { startStatusLine } from '../terminal/startStatusLine.js';

// Leaving, by what the contract says of the account: registered -> unbonding (beginUnbonding) -> free (withdrawStake,
// once the time is over and nothing is open). Every step is found on the chain, so that a command that was interrupted
// or killed goes on where it was.

const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 15_000;

/** Runs `rushes leave`. */
export async function leaveCommand({
  url,
  as: role,
  key: keyFile,
  context,
}: {
  url: string | undefined;
  as: Role;
  key?: string;
  context: CommandContext;
}): Promise<void> {
  const { env, terminal, signal } = context;
  const { network, key, account, dataDir } = await findParty({ url, role, keyFile, context });
  const held = await holdAccount({ home: env.home, dataDir, contract: network.contract, account, role });
  try {
    const chain = await connectChain({ network, key, signal });
    const look = (): Promise<ContractAccount> => readAccount({ network, account, signal });
    let found = await look();
    const owedWei = await bringHome({ chain, found, context });
    if (found.role === undefined) {
      terminal.line(`account ${account} is not registered on network ${network.name}: nothing of it is at stake`);
      return terminal.result({ account, stakeWei: '0', owedWei: owedWei.toString(), left: true });
    }
    const registeredAs = found.role;
    if (found.withdrawableAtSeconds === undefined) {
      await chain.beginUnbonding({ signal });
      found = await look();
      terminal.line(
        `${registeredAs} ${account} takes part no more; its stake of ${formatMoney(found.stakeWei)} is liable for what it did until ${timeOf(found)}`,
      );
    } else terminal.line(`${registeredAs} ${account} is leaving already; its stake is held until ${timeOf(found)}`);
    found = await awaitRelease({ chain, look, context });
    // What ended meanwhile paid as well, or cost.
    const paidWei = owedWei + (await bringHome({ chain, found, context }));
    const { stakeWei } = found;
    await chain.withdrawStake({ signal });
    terminal.line(`${account} has left network ${network.name}: ${formatMoney(stakeWei)} of stake came back`);
    terminal.result({ account, stakeWei: stakeWei.toString(), owedWei: paidWei.toString(), left: true });
  } finally {
    await held.release();
  }
}

/** Withdraws what was earned, and resolves to how much that was. */
async function bringHome({
  chain,
  found: { owedWei },
  context: { terminal, signal },
}: {
  chain: ChainPort;
  found: ContractAccount;
  context: CommandContext;
}): Promise<Wei> {
  if (owedWei === 0n) return 0n;
  await chain.withdraw({ signal });
  terminal.line(`${formatMoney(owedWei)} of earnings came back`);
  return owedWei;
}

/** Waits until the stake may be withdrawn, and shows what for. */
async function awaitRelease({
  chain,
  look,
  context: { terminal, signal },
}: {
  chain: ChainPort;
  look: () => Promise<ContractAccount>;
  context: CommandContext;
}): Promise<ContractAccount> {
  const line = startStatusLine(terminal);
  try {
    for (;;) {
      const [found, nowSeconds] = await Promise.all([look(), chain.blockTimestamp(undefined, { signal })]);
      const waitMs = 1000 * Math.max(0, (found.withdrawableAtSeconds ?? 0) - nowSeconds);
      const open = found.openLeases + found.openAudits;
      if (waitMs === 0 && open === 0) return found;
      line.update(describeWait({ waitMs, found, open }));
      await pause(Math.min(LONGEST_LOOK_MS, Math.max(FIRST_LOOK_MS, waitMs / 10)), signal);
    }
  } catch (error) {
    if (signal.aborted) terminal.line('it goes on when `rushes leave` is run again; nothing is lost meanwhile');
    throw error;
  } finally {
    line.stop();
  }
}

function describeWait({ waitMs, found, open }: { waitMs: number; found: ContractAccount; open: number }): string {
  const parts = [
    ...(waitMs === 0 ? [] : [`${formatDuration(waitMs)} until the stake may go`]),
    ...(open === 0 ? [] : [`${open} ${found.role === 'worker' ? 'leases' : 'audits'} to end`]),
  ];
  return `waiting: ${parts.join(', and ')}; Ctrl-C ends the waiting`;
}

function timeOf({ withdrawableAtSeconds }: ContractAccount): string {
  return new Date(1000 * (withdrawableAtSeconds ?? 0)).toLocaleString();
}
