import type { ArtistEvent } from '../../artist/ArtistEvent.js';
import { formatMoney } from '../../protocol/formatMoney.js';
import { describeAbsence } from '../session/describeAbsence.js';
import { formatDuration } from '../terminal/formatDuration.js';
import type { Progress } from '../terminal/startProgress.js';
import type { Terminal } from '../terminal/Terminal.js';

const PARTS = { chain: 'the chain', objects: 'the IPFS endpoint' } as const;

/** Shows what happens to a job, one line each; progress goes to its bars once there are some. */
export function showEvents({
  terminal,
  testMoney,
  mayBeStalled,
}: {
  terminal: Terminal;
  testMoney: boolean;
  /** False while a network that was brought up for the job is still starting its daemons. */
  mayBeStalled: () => boolean;
}): { onEvent: (event: ArtistEvent) => void; showProgressOn: (progress: Progress) => void } {
  const away = new Set<'chain' | 'objects'>();
  let bars: Progress | undefined;
  const warn = (text: string): void => terminal.line(terminal.yellow(text));
  return {
    showProgressOn: (progress) => (bars = progress),
    onEvent(event) {
      switch (event.kind) {
        case 'published':
          return;
        case 'resumed':
          return terminal.line(
            event.chunksPaid === event.chunkCount
              ? `job ${event.jobId} is done and paid for: its pictures are fetched again`
              : `going on with job ${event.jobId}: ${event.chunksPaid} of ${event.chunkCount} chunks are paid`,
          );
        case 'ordered':
          return terminal.line(
            `job ${event.jobId}: ${event.chunkCount} chunks, ${formatMoney(event.budgetWei)} of ${testMoney ? 'test money' : 'tokens'} in escrow; what is not earned comes back`,
          );
        case 'reordered':
          return warn(`the chain had lost job ${event.jobId} with its newest blocks; it was ordered again`);
        case 'progress':
          return bars?.update(
            [event.progress.rendered, event.progress.audited, event.progress.paid],
            event.secondsLeft === undefined || event.secondsLeft <= 0
              ? ''
              : `about ${formatDuration(1000 * event.secondsLeft)} left`,
          );
        case 'outage':
          // Two things that wait for the same part tell of it: once is enough.
          if (away.has(event.of)) return;
          away.add(event.of);
          return warn(
            `${PARTS[event.of]} is away (${event.reason}); waiting for it, at most ${formatDuration(event.patienceMs)}`,
          );
        case 'recovered':
          if (away.delete(event.of))
            terminal.line(`${PARTS[event.of]} is back after ${formatDuration(event.lastedMs)}`);
          return;
        case 'stalled':
          if (!mayBeStalled()) return;
          if (event.absence === undefined)
            return warn(
              `nothing has moved for ${Math.round(event.quietMs / 1000)} s, though workers and verifiers are there (rushes status)`,
            );
          return describeAbsence(event.absence).forEach(warn);
      }
    },
  };
}
