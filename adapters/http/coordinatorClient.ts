import { MalformedError } from '../../protocol/errors.js';
import { FieldReader } from '../../protocol/fields.js';
import { type Address, type JobId, parseAddress, parseJobId } from '../../protocol/ids.js';
import { type NetworkDescription, parseNetworkDescription } from '../../protocol/network.js';
import type { SuggestionPort } from '../../protocol/ports.js';
import { type AnswerOf, callCoordinator, parseAnswer } from './callCoordinator.js';
import { HttpAnswerError } from './httpError.js';
import { readEventStream } from './readEventStream.js';
import { urlBelow } from './urlBelow.js';

/** A worker picks by itself rather than wait longer than this for a suggestion. */
const SUGGEST_DEADLINE_MS = 2000;
const ASK_DEADLINE_MS = 10_000;
/** Pages that are read of one list: a coordinator could say for ever that there is more. */
const MOST_PAGES = 20;

/** A job in the list, with what is rendered; null before its manifest was read. Wei are decimal strings. */
export type ListedJob = AnswerOf<'/v1/jobs'>['jobs'][number] & { jobId: JobId };
/** A page of the list, newest first. */
export type JobList = Omit<AnswerOf<'/v1/jobs'>, 'jobs'> & { jobs: ListedJob[] };
/** One job with its manifest, once that was read from IPFS. */
export type JobDetail = AnswerOf<'/v1/jobs/{jobId}'>;
/** What a coordinator tells of somebody who registered, with their record on the chain. */
export type PartyRecord = AnswerOf<'/v1/workers'>['workers'][number] & { address: Address };

/**
 * One event of a job's stream: a contract event in the form of eventToJson, `progress` with a job, or `rollback` with {
 * toBlock }.
 */
export interface CoordinatorEvent {
  id: string;
  event: string;
  data: unknown;
}

/** A coordinator over HTTP. What it says is advice and convenience: whatever matters is checked against the chain. */
export interface CoordinatorClient extends SuggestionPort {
  network(signal?: AbortSignal): Promise<NetworkDescription>;
  /** A page of jobs, newest first; `cursor`: of the page before. */
  jobs(options?: { cursor?: string; limit?: number; signal?: AbortSignal }): Promise<JobList>;
  /** One job with its manifest, or undefined when there is none of that id. */
  job(jobId: JobId, signal?: AbortSignal): Promise<JobDetail | undefined>;
  /** Everybody who ever registered, with their records; the first 10,000 of them. */
  parties(signal?: AbortSignal): Promise<PartyRecord[]>;
  /** That something moved, as often as it does; comes back as `events` does. */
  changes(options: {
    signal: AbortSignal;
    onConnection?: (isConnected: boolean) => void;
  }): AsyncGenerator<CoordinatorEvent>;
  /** Says that a worker or verifier is there. Throws HttpAnswerError (409) for an account that is not registered. */
  beat(account: Address, signal?: AbortSignal): Promise<void>;
  /**
   * The events of a job, from after `lastEventId` or from the first; connects again where it broke off, until the
   * signal aborts.
   */
  events(
    jobId: JobId,
    options: { signal: AbortSignal; lastEventId?: string; onConnection?: (isConnected: boolean) => void },
  ): AsyncGenerator<CoordinatorEvent>;
}

/**
 * A client of the coordinator at a base URL. Errors: CoordinatorUnreachableError, DeadlineError, HttpAnswerError,
 * MalformedError.
 */
export function createCoordinatorClient(options: { url: string }): CoordinatorClient {
  const { url } = options;
  const call = callCoordinator({ url });

  async function* stream(
    path: string,
    from: { signal: AbortSignal; lastEventId?: string; onConnection?: (isConnected: boolean) => void },
  ): AsyncGenerator<CoordinatorEvent> {
    for await (const { id, event, data } of readEventStream({ url: urlBelow(url, path), ...from }))
      yield { id, event, data: parseAnswer(data, url) };
  }

  return {
    async suggest({ worker, maxChunks, signal }) {
      const answer = await call('post', '/v1/workers/{address}/suggestion', {
        path: { address: worker },
        body: { maxChunks },
        deadlineMs: SUGGEST_DEADLINE_MS,
        signal,
      });
      return answer === undefined ? undefined : readSuggestion(answer);
    },
    async network(signal) {
      const answer = await call('get', '/v1/network', { deadlineMs: ASK_DEADLINE_MS, signal });
      return parseNetworkDescription(JSON.stringify(answer));
    },
    async jobs({ cursor, limit, signal } = {}) {
      const query = { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) };
      const { jobs, ...page } = await call('get', '/v1/jobs', { query, deadlineMs: ASK_DEADLINE_MS, signal });
      return { ...page, jobs: listed(jobs, url).map((job) => ({ ...job, jobId: parseJobId(job.jobId) })) };
    },
    async job(jobId, signal) {
      try {
        return await call('get', '/v1/jobs/{jobId}', { path: { jobId }, deadlineMs: ASK_DEADLINE_MS, signal });
      } catch (error) {
        if (error instanceof HttpAnswerError && error.status === 404) return undefined;
        throw error;
      }
    },
    async parties(signal) {
      const parties: PartyRecord[] = [];
      let cursor: string | null | undefined;
      for (let pages = 0; pages < MOST_PAGES && cursor !== null; pages++) {
        const query: { cursor?: string } = cursor === undefined ? {} : { cursor };
        const page: AnswerOf<'/v1/workers'> = await call('get', '/v1/workers', {
          query,
          deadlineMs: ASK_DEADLINE_MS,
          signal,
        });
        parties.push(...listed(page.workers, url).map(readParty));
        cursor = typeof page.nextCursor === 'string' ? page.nextCursor : null;
      }
      return parties;
    },
    async beat(account, signal) {
      await call('post', '/v1/workers/{address}/heartbeat', {
        path: { address: account },
        deadlineMs: SUGGEST_DEADLINE_MS,
        signal,
      });
    },
    changes: (from) => stream('/v1/changes', from),
    events: (jobId, from) => stream(`/v1/jobs/${jobId}/events`, from),
  };
}

function readSuggestion(answer: unknown): NonNullable<Awaited<ReturnType<SuggestionPort['suggest']>>> {
  const fields = new FieldReader(answer, 'suggestion', ['jobId', 'word', 'mask']);
  const mask = fields.string('mask', 78);
  if (!/^[1-9][0-9]*$/.test(mask) || BigInt(mask) >= 1n << 256n)
    throw new MalformedError({ what: 'suggestion', reason: 'its mask is not a number of 256 bits' });
  return {
    jobId: fields.parsed('jobId', parseJobId),
    word: fields.integer('word', 0, 0xffff_ffff),
    mask: BigInt(mask),
  };
}

function readParty(party: AnswerOf<'/v1/workers'>['workers'][number]): PartyRecord {
  const { seenAgoMs } = party;
  return {
    ...party,
    address: parseAddress(String(party.address)),
    seenAgoMs: typeof seenAgoMs === 'number' && seenAgoMs >= 0 ? seenAgoMs : null,
  };
}

/** What should be a list, of an answer that may be anything. */
function listed<T>(list: T[], url: string): T[] {
  if (!Array.isArray(list)) throw new MalformedError({ what: `the answer of ${url}`, reason: 'it is no list' });
  return list;
}
