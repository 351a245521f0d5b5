import { formatMoney } from '../../protocol/formatMoney.js';
import type { Role } from '../../protocol/events.js';
import type { PartyStatus } from '../../party/partyStatus.js';

/** What a party is doing, in a few words. */
export function describeState(status: PartyStatus): string {
  const { open, isFinishing } = status;
  if (status.blockNumber === 0) return 'reading the chain';
  if (status.role === undefined) return isFinishing ? 'ending' : 'registering';
  const leases = open.length === 1 ? `lease ${open[0]!.leaseId}` : `${open.length} leases`;
  if (isFinishing) return open.length === 0 ? 'ending' : `ending after ${leases}`;
  if (status.role === 'worker' && status.convictions > 0) return 'convicted: takes no more leases';
  if (open.length === 0) return 'waiting for work';
  const rendering = open.filter(({ state }) => state === 'TAKEN').length;
  return rendering > 0 ? `rendering, ${leases} open` : `${leases} in audit`;
}

/** The one line that shows a party: state, leases, earned, staked, pace. */
export function describeStatus({
  role,
  status,
  weiPerHour,
}: {
  role: Role;
  status: PartyStatus;
  /** What it earned lately; undefined where that is not known yet. */
  weiPerHour: bigint | undefined;
}): string {
  const { account, done, earnedWei, stakeWei, slashedWei } = status;
  const parts = [
    `${role} ${account.slice(0, 6)}…${account.slice(-4)}`,
    describeState(status),
    `${done} ${role === 'worker' ? (done === 1 ? 'lease paid' : 'leases paid') : done === 1 ? 'audit done' : 'audits done'}`,
    `earned ${formatMoney(earnedWei)}`,
    `staked ${formatMoney(stakeWei)}`,
    ...(slashedWei === 0n ? [] : [`lost ${formatMoney(slashedWei)}`]),
    ...(weiPerHour === undefined ? [] : [`${formatMoney(weiPerHour)} an hour`]),
  ];
  return parts.join('  ');
}

const PACE_MS = 600_000;
const LEAST_PACE_MS = 60_000;

/** Measures what is earned an hour over the last ten minutes. */
export function createPace(): (earnedWei: bigint, nowMs: number) => bigint | undefined {
  const samples: { atMs: number; earnedWei: bigint }[] = [];
  return (earnedWei, nowMs) => {
    // A sample a second is enough.
    if (nowMs - (samples.at(-1)?.atMs ?? -Infinity) >= 1000) samples.push({ atMs: nowMs, earnedWei });
    while (nowMs - samples[0]!.atMs > PACE_MS) samples.shift();
    const first = samples[0]!;
    const overMs = Math.round(nowMs - first.atMs);
    return overMs < LEAST_PACE_MS ? undefined : ((earnedWei - first.earnedWei) * 3_600_000n) / BigInt(overMs);
  };
}
