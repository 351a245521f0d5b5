import type { LeaseId } from '../../protocol/ids.js';
import { chunkState, commitmentOf, type Ledger, type LedgerJob } from '../../protocol/ledger.js';

/** How a tile stands, in the words of the page. */
export type TileState = 'waiting' | 'leased' | 'rendered' | 'audited' | 'paid' | 'voided' | 'convicted';

/** In the order in which a tile goes through them, then the two that send it back. */
export const TILE_STATES: readonly TileState[] = [
  'waiting',
  'leased',
  'rendered',
  'audited',
  'paid',
  'voided',
  'convicted',
];

/** What each state means, for the legend. */
export const TILE_STATE_WORDS: Readonly<Record<TileState, string>> = {
  waiting: 'nobody has taken it yet',
  leased: 'a worker renders it',
  rendered: 'rendered; its audit is under way',
  audited: 'a verifier rendered samples of it again',
  paid: 'audited and paid',
  voided: 'not paid; somebody else renders it again',
  convicted: 'proven wrong; its worker lost stake and it is rendered again',
};

/** The states of `count` chunks of a job from `first` on. */
export function tileStatesOf(ledger: Ledger, job: Readonly<LedgerJob>, first: number, count: number): TileState[] {
  return Array.from({ length: count }, (_, index) => tileStateOf(ledger, job, first + index));
}

function tileStateOf(ledger: Ledger, job: Readonly<LedgerJob>, chunkIndex: number): TileState {
  const state = chunkState(job, chunkIndex);
  switch (state) {
    case 'leased':
    case 'paid':
    case 'voided':
      return state;
    case 'committed': {
      const lease = ledger.leases.get(job.chunkLeases[chunkIndex] as LeaseId);
      const audits = lease === undefined ? [] : (commitmentOf(lease)?.audits ?? []);
      return audits.some((audit) => audit.reveal !== undefined) ? 'audited' : 'rendered';
    }
    case 'free':
      // The contract gives chunks of a convicted lease back as free ones; people want to see what happened.
      return ledger.leases.get(job.chunkLeases[chunkIndex] as LeaseId)?.state === 'CONVICTED' ? 'convicted' : 'waiting';
  }
}

/** How many of some tiles are in each state. */
export function countTiles(states: readonly TileState[]): Record<TileState, number> {
  const counts = Object.fromEntries(TILE_STATES.map((state) => [state, 0])) as Record<TileState, number>;
  for (const state of states) counts[state]++;
  return counts;
}

/** "3 paid, 1 leased": the states that occur, for who cannot see the picture. */
export function describeTiles(states: readonly TileState[]): string {
  const counts = countTiles(states);
  const parts = TILE_STATES.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  return parts.join(', ');
}
