import type { Role } from '../../protocol/events.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { convictionCut, silentCut } from '../../protocol/pricing.js';
import { formatDuration } from '../terminal/formatDuration.js';
import type { StakePlan } from './planStake.js';

/** What a party will stake and what that risks, a sentence each, from the network's own numbers. */
export function describeRisk({
  role,
  stake: { policy, stakeWei, maxStakeWei },
}: {
  role: Role;
  stake: StakePlan;
}): string[] {
  const wait = formatDuration(1000 * policy.unbondingSeconds);
  const common = [
    `it stakes ${formatMoney(stakeWei)} of test money, which is worth nothing, and never puts in more than ${formatMoney(maxStakeWei)} in all: that is the most it can lose`,
    `the stake comes back with \`rushes leave\`, ${wait} after that`,
  ];
  if (role === 'worker') {
    const { cutWei } = convictionCut({ policy, stakeWei, payWei: 0n, feesWei: 0n });
    return [
      ...common,
      `a conviction costs ${formatMoney(cutWei)} of it (${percent(policy.slashBps)}): for samples that verifiers prove wrong, or drawn leaves not shown within ${formatDuration(1000 * policy.openSeconds)}`,
      `a lease that is not rendered in time costs ${percent(policy.bondBps)} of its pay`,
    ];
  }
  const { cutWei } = silentCut({ policy, stakeWei });
  return [
    ...common,
    `sealing values and not revealing them within ${formatDuration(1000 * policy.revealSeconds)} costs ${formatMoney(cutWei)} of it (${percent(policy.silentBps)}), each time`,
  ];
}

function percent(bps: number): string {
  return `${bps / 100} %`;
}
