import { type Absence, seenAgoMs } from '../../artist/findAbsence.js';
import { formatDuration } from '../terminal/formatDuration.js';

/** Parties named in one line. */
const MOST_NAMED = 3;

/** Who is missing and who of them was last seen when: a sentence per kind of party. */
export function describeAbsence({ roles }: Absence): string[] {
  return roles.map(({ role, parties }) => {
    if (parties.length === 0) return `no ${role} is registered on this network: \`rushes ${role}\` starts one`;
    const seen = parties
      .slice(0, MOST_NAMED)
      .map((party) => `${party.account} ${formatDuration(seenAgoMs(party))} ago`)
      .join(', ');
    const others = parties.length <= MOST_NAMED ? '' : ` and ${parties.length - MOST_NAMED} others before`;
    const isHeard = parties.some((party) => party.heardAgoMs !== undefined);
    return `${isHeard ? `no ${role} is alive` : `work waits and no ${role} takes it up`}; last seen: ${seen}${others}`;
  });
}
