import type { JobList, ListedJob, PartyRecord } from '../../adapters/http/coordinatorClient.js';
import { pause } from '../../adapters/pause.js';
import type { NetworkDescription } from '../../protocol/network.js';
import type { Connection } from './Connection.js';
import { client } from './client.js';
import { createFeed } from './Feed.js';
import { followStream } from './followStream.js';

/** What is known of the network and of everybody on it. Undefined: not heard yet. */
export interface NetworkSnapshot {
  connection: Connection;
  network: NetworkDescription | undefined;
  jobs: readonly ListedJob[] | undefined;
  /** Whether there are older jobs than those. */
  hasMoreJobs: boolean;
  parties: readonly PartyRecord[] | undefined;
  /** Unix seconds by the chain's clock, when the rest was asked for. */
  nowSeconds: number;
}

/** Who is alive is known by heartbeats, which move nothing on the chain. */
const ASK_AGAIN_MS = 5000;
const PAGE_JOBS = 50;

let state: NetworkSnapshot = {
  connection: 'connecting',
  network: undefined,
  jobs: undefined,
  hasMoreJobs: false,
  parties: undefined,
  nowSeconds: 0,
};
let wantedJobs = PAGE_JOBS;
let wake = (): void => {};

/** Shows older jobs too. */
export function showMoreJobs(): void {
  wantedJobs += PAGE_JOBS;
  wake();
}

/** The network as the pages of jobs and machines show it. */
export const networkFeed = createFeed<NetworkSnapshot>({
  snapshot: () => state,
  run(changed, signal) {
    const update = (part: Partial<NetworkSnapshot>): void => {
      state = { ...state, ...part };
      changed();
    };
    void followStream({
      signal,
      open: (from) => client.changes(from),
      onConnection: (connection) => update({ connection }),
      onEvent: () => wake(),
    });
    void askAgain(update, signal);
  },
});

/** Asks for everything at each change, and every few seconds without one; what cannot be had stays as it was. */
async function askAgain(update: (part: Partial<NetworkSnapshot>) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const [network, list, parties] = await Promise.all([
      state.network ?? client.network(signal).catch(() => undefined),
      listJobs(signal).catch(() => undefined),
      client.parties(signal).catch(() => undefined),
    ]);
    if (signal.aborted) return;
    update({
      network,
      ...(list === undefined
        ? {}
        : { jobs: list.jobs, hasMoreJobs: list.nextCursor !== null, nowSeconds: list.nowSeconds }),
      ...(parties === undefined ? {} : { parties }),
    });
    await Promise.race([woken, pause(ASK_AGAIN_MS, signal).catch(() => undefined)]);
  }
}

/** As many jobs as are wanted, by pages. */
async function listJobs(signal: AbortSignal): Promise<JobList> {
  let list = await client.jobs({ limit: PAGE_JOBS, signal });
  while (list.nextCursor !== null && list.jobs.length < wantedJobs) {
    const older = await client.jobs({ limit: PAGE_JOBS, cursor: list.nextCursor, signal });
    list = { ...older, jobs: [...list.jobs, ...older.jobs] };
  }
  return list;
}
