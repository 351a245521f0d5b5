import type { JobId, Wei } from '../protocol/ids.js';
import type { ArtistEvent } from './ArtistEvent.js';
import type { ArtistSession } from './ArtistSession.js';
import { outliveOutage } from './outliveOutage.js';
import type { ChainWatch } from './watchChain.js';

/** Brings back what no lease holds of a job's money, and returns how much that was. Outlives outages. */
export async function withdrawRest({
  session: { chain },
  watch,
  jobId,
  onEvent = () => {},
}: {
  session: ArtistSession;
  watch: ChainWatch;
  jobId: JobId;
  onEvent?: (event: ArtistEvent) => void;
}): Promise<Wei> {
  const { signal } = watch;
  let returnedWei = 0n;
  await outliveOutage({
    onEvent,
    signal,
    async attempt() {
      // Looked up anew each time: an attempt of which nobody heard may have arrived.
      await watch.reached(await chain.blockNumber({ signal }));
      const amountWei = watch.log.ledger.jobs.get(jobId)?.unreservedWei ?? 0n;
      if (amountWei === 0n) return;
      returnedWei = amountWei;
      await watch.reached((await chain.withdrawUnreserved({ jobId, amountWei }, { signal })).blockNumber);
    },
  });
  return returnedWei;
}
