import { concatBytes } from '../../protocol/bytes.js';
import { DeadlineError, MalformedError, RushesError } from '../../protocol/errors.js';
import { FieldReader } from '../../protocol/fields.js';
import { type Address, type JobId, parseAddress, parseJobId } from '../../protocol/ids.js';
import type { LeaseEnding } from '../../protocol/leaseEndings.js';
import { type NetworkDescription, parseNetworkDescription } from '../../protocol/network.js';
import type { SuggestionPort } from '../../protocol/ports.js';
import { onAbort } from '../onAbort.js';
import { type ErrorBody, HttpAnswerError } from './httpError.js';
import { piecesOf } from './piecesOf.js';
import { readEventStream } from './readEventStream.js';
import { urlBelow } from './urlBelow.js';

/** A worker picks by itself rather than wait longer than this for a suggestion. */
const SUGGEST_DEADLINE_MS = 2000;
const ASK_DEADLINE_MS = 10_000;
/** Longest answer that is read, in bytes: a coordinator is a stranger. */
const MAX_ANSWER_BYTES = 32 << 20;

/** Nothing answers at the coordinator's address. */
export class CoordinatorUnreachableError extends RushesError {
  constructor(options: { url: string; cause: unknown }) {
    const reason =
      options.cause instanceof Error
        ? ((options.cause.cause as { code?: string } | undefined)?.code ?? options.cause.message)
        : String(options.cause);
    super({
      code: 'coordinator-unreachable',
      message: `no coordinator answers at ${options.url}: ${reason}`,
      facts: { url: options.url, reason },
      advice: 'Check the address; everything but suggestions and progress works without a coordinator.',
      cause: options.cause,
    });
  }
}

/** A job as a coordinator shows it; see coordinator/jobs/describeJob.ts. Wei are decimal strings. */
export interface CoordinatorJob {
  jobId: JobId;
  artist: string;
  state: 'open' | 'closed' | 'completed';
  /** Unix seconds. */
  deadlineSeconds: number;
  chunks: { total: number; free: number; leased: number; committed: number; paid: number; voided: number };
  money: { fundedWei: string; unreservedWei: string; reservedWei: string; spentWei: string; withdrawnWei: string };
  leases: number;
  /** Leases that ended, by how. */
  endings: Record<LeaseEnding, number>;
  /** Unix seconds at which its first lease was taken. */
  startedAtSeconds: number | null;
}

/** A job in the list, with what is rendered; null before its manifest was read. */
export interface ListedJob extends CoordinatorJob {
  picture: {
    scene: string;
    width: number;
    height: number;
    firstFrame: number;
    lastFrame: number;
    samples: number;
  } | null;
}

/** A page of the list, newest first. */
export interface JobList {
  jobs: ListedJob[];
  /** Whether there are older ones. */
  more: boolean;
  /** Unix seconds by the clock of the chain. */
  nowSeconds: number;
}

/** One job with its manifest, once that was read from IPFS. */
export interface JobDetail extends CoordinatorJob {
  manifestDigest: string;
  documents: 'pending' | 'ready' | 'refused';
  refusal: string | null;
  manifest: unknown;
}

/** Somebody who registered, as far as a coordinator knows. */
export interface CoordinatorParty {
  address: Address;
  /** Milliseconds since it was last heard of, by the coordinator's clock; undefined: never. */
  seenAgoMs: number | undefined;
}

/** What a coordinator tells of somebody who registered, with their record on the chain. Wei are decimal strings. */
export interface PartyRecord {
  address: Address;
  role: 'worker' | 'verifier' | null;
  deviceClass: string;
  stakeWei: string;
  creditedWei: string;
  slashedWei: string;
  convictions: number;
  seenAgoMs: number | null;
  registeredAtSeconds: number | null;
  /** Unix seconds from which it can take its stake back; null: it stays. */
  leavesAtSeconds: number | null;
  leases: { open: number } & Record<LeaseEnding, number>;
  chunksPaid: number;
  audits: { sealed: number; revealed: number };
}

/**
 * One event of a job's stream: a contract event in the form of eventToJson, `progress` with a CoordinatorJob, or
 * `rollback` with { toBlock }.
 */
export interface CoordinatorEvent {
  id: string;
  event: string;
  data: unknown;
}

/** A coordinator over HTTP. What it says is advice and convenience: whatever matters is checked against the chain. */
export interface CoordinatorClient extends SuggestionPort {
  network(signal?: AbortSignal): Promise<NetworkDescription>;
  jobs(signal?: AbortSignal): Promise<CoordinatorJob[]>;
  /** A page of jobs, newest first, older than `before` where that is given. */
  jobList(options: { before?: JobId; limit?: number; signal?: AbortSignal }): Promise<JobList>;
  /** One job with its manifest, or undefined when there is none of that id. */
  jobDetail(jobId: JobId, signal?: AbortSignal): Promise<JobDetail | undefined>;
  /** Everybody who ever registered, with their records. */
  records(signal?: AbortSignal): Promise<PartyRecord[]>;
  /** That something moved, as often as it does; comes back as `events` does. */
  changes(options: {
    signal: AbortSignal;
    onConnection?: (isConnected: boolean) => void;
  }): AsyncGenerator<CoordinatorEvent>;
  /** Everybody who ever registered. */
  parties(signal?: AbortSignal): Promise<CoordinatorParty[]>;
  /** Says that a worker or verifier is there. Throws HttpAnswerError (409) for an account that is not registered. */
  beat(account: Address, signal?: AbortSignal): Promise<void>;
  /** One job, or undefined when there is none of that id. */
  job(jobId: JobId, signal?: AbortSignal): Promise<CoordinatorJob | undefined>;
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

  async function ask(path: string, init: RequestInit & { deadlineMs: number }): Promise<unknown> {
    const target = urlBelow(url, path);
    const controller = new AbortController();
    const late = setTimeout(
      () => controller.abort(new DeadlineError({ what: `asking ${target}`, deadlineMs: init.deadlineMs })),
      init.deadlineMs,
    );
    const signal = init.signal ?? undefined;
    const stopWaiting = onAbort(signal, () => controller.abort(signal?.reason));
    try {
      const response = await fetch(target, { ...init, signal: controller.signal });
      const text = await readBounded(response, target);
      if (response.status === 204) return undefined;
      if (!response.ok) throw new HttpAnswerError({ url: target, status: response.status, body: parseErrorBody(text) });
      return parseJson(text, target);
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason;
      throw error instanceof TypeError ? new CoordinatorUnreachableError({ url, cause: error }) : error;
    } finally {
      clearTimeout(late);
      stopWaiting();
    }
  }

  const get = async (path: string, signal: AbortSignal | undefined): Promise<unknown> =>
    await ask(path, { deadlineMs: ASK_DEADLINE_MS, ...(signal === undefined ? {} : { signal }) });

  async function* stream(
    path: string,
    options: { signal: AbortSignal; lastEventId?: string; onConnection?: (isConnected: boolean) => void },
  ): AsyncGenerator<CoordinatorEvent> {
    for await (const { id, event, data } of readEventStream({ url: urlBelow(url, path), ...options }))
      yield { id, event, data: parseJson(data, url) };
  }

  return {
    async suggest({ worker, maxChunks, signal }) {
      const answer = await ask(`/v1/workers/${worker}/suggestion`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ maxChunks }),
        deadlineMs: SUGGEST_DEADLINE_MS,
        ...(signal === undefined ? {} : { signal }),
      });
      if (answer === undefined) return undefined;
      const fields = new FieldReader(answer, 'suggestion', ['jobId', 'word', 'mask']);
      const mask = fields.string('mask', 78);
      if (!/^[1-9][0-9]*$/.test(mask) || BigInt(mask) >= 1n << 256n)
        throw new MalformedError({ what: 'suggestion', reason: 'its mask is not a number of 256 bits' });
      return {
        jobId: fields.parsed('jobId', parseJobId),
        word: fields.integer('word', 0, 0xffff_ffff),
        mask: BigInt(mask),
      };
    },
    network: async (signal) => parseNetworkDescription(JSON.stringify(await get('/v1/network', signal))),
    jobs: async (signal) => ((await get('/v1/jobs', signal)) as { jobs: CoordinatorJob[] }).jobs,
    async parties(signal) {
      const answer = (await get('/v1/workers', signal)) as { workers?: unknown };
      if (!Array.isArray(answer.workers))
        throw new MalformedError({ what: `the answer of ${url}`, reason: 'it lists no workers' });
      return (answer.workers as { address?: unknown; seenAgoMs?: unknown }[]).map(({ address, seenAgoMs }) => ({
        address: parseAddress(String(address)),
        seenAgoMs: typeof seenAgoMs === 'number' && seenAgoMs >= 0 ? seenAgoMs : undefined,
      }));
    },
    async beat(account, signal) {
      await ask(`/v1/workers/${account}/heartbeat`, {
        method: 'POST',
        deadlineMs: SUGGEST_DEADLINE_MS,
        ...(signal === undefined ? {} : { signal }),
      });
    },
    async job(jobId, signal) {
      try {
        return (await get(`/v1/jobs/${jobId}`, signal)) as CoordinatorJob;
      } catch (error) {
        if (error instanceof HttpAnswerError && error.status === 404) return undefined;
        throw error;
      }
    },
    async jobList({ before, limit = 50, signal }) {
      const query = new URLSearchParams({ limit: String(limit), ...(before === undefined ? {} : { before }) });
      return (await get(`/v1/jobs?${query.toString()}`, signal)) as JobList;
    },
    async jobDetail(jobId, signal) {
      try {
        return (await get(`/v1/jobs/${jobId}`, signal)) as JobDetail;
      } catch (error) {
        if (error instanceof HttpAnswerError && error.status === 404) return undefined;
        throw error;
      }
    },
    records: async (signal) => ((await get('/v1/workers', signal)) as { workers: PartyRecord[] }).workers,
    changes: (options) => stream('/v1/changes', options),
    events: (jobId, options) => stream(`/v1/jobs/${jobId}/events`, options),
  };
}

async function readBounded(response: Response, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of piecesOf(response)) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES)
      throw new MalformedError({ what: `the answer of ${url}`, reason: `it is longer than ${MAX_ANSWER_BYTES} bytes` });
    pieces.push(piece);
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(concatBytes(pieces));
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedError({ what: `the answer of ${url}`, reason: 'it is not JSON' });
  }
}

function parseErrorBody(text: string): ErrorBody | undefined {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    return typeof body.error?.message === 'string' && typeof body.error.code === 'string'
      ? (body as ErrorBody)
      : undefined;
  } catch {
    return undefined;
  }
}
