import type { SentEvent } from '../../adapters/http/sendEvents.js';
import { eventToJson } from '../../protocol/eventJson.js';
import type { JobId } from '../../protocol/ids.js';
import type { Following } from '../followChain.js';
import { eventIdOf } from '../store/ChainState.js';
import { describeJob } from './describeJob.js';

/**
 * The events of one job from the first on, or from after `lastEventId` on, and then as they come, until the signal
 * aborts. After what came together follows `progress` with the job as it stands then and the chain's time. When blocks
 * that were sent never happened, or the last event id is of such a block, `rollback` names the last block that holds
 * (0: none), and what replaced them follows. Goes on across sessions: a coordinator that rebuilds its database is only
 * silent for a while.
 */
export async function* streamJobEvents(
  following: Following,
  options: { jobId: JobId; lastEventId: string | undefined; signal: AbortSignal },
): AsyncGenerator<SentEvent> {
  const { jobId, lastEventId, signal } = options;
  // Ids of everything the client has, in order.
  const sent: { id: string; blockNumber: number }[] = [];
  let isFirst = true;
  while (!signal.aborted) {
    const change = following.changed(signal);
    const session = following.session();
    // A session that has not caught up yet lacks events that were sent before: they are not gone, only not read again
    // yet.
    if (session?.caughtUp === true) {
      const events = session.state.eventsOfJob(jobId);
      if (isFirst && lastEventId !== undefined) {
        const last = events.findIndex((event) => eventIdOf(event) === lastEventId);
        for (const event of events.slice(0, last + 1))
          sent.push({ id: eventIdOf(event), blockNumber: event.blockNumber });
        if (last < 0) yield { id: '0', event: 'rollback', data: { toBlock: 0 } };
      }

      // Find how much of what was sent still holds.
      let held = 0;
      while (
        held < sent.length &&
        events[held] !== undefined &&
        eventIdOf(events[held] as (typeof events)[number]) === sent[held]?.id
      )
        held++;
      if (held < sent.length) {
        sent.length = held;
        yield { id: sent.at(-1)?.id ?? '0', event: 'rollback', data: { toBlock: sent.at(-1)?.blockNumber ?? 0 } };
      }

      const isNews = isFirst || events.length > sent.length;
      for (const event of events.slice(sent.length)) {
        sent.push({ id: eventIdOf(event), blockNumber: event.blockNumber });
        yield { id: eventIdOf(event), event: event.name, data: eventToJson(event) };
      }
      const job = session.state.ledger.jobs.get(jobId);
      if (isNews && job !== undefined) {
        const data = {
          ...describeJob(session.state.ledger, job),
          nowSeconds: session.state.head?.timestampSeconds ?? 0,
        };
        yield { id: sent.at(-1)?.id ?? '0', event: 'progress', data };
      }
      isFirst = false;
    }
    await change;
  }
}
