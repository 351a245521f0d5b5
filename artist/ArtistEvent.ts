import type { Cid, JobId, Wei } from '../protocol/ids.js';
import type { Absence } from './findAbsence.js';
import type { JobProgress } from './progressOf.js';

/** What happens on the way of a job, in the order in which it happens, for whoever shows it to a person. */
export type ArtistEvent =
  /** Scene, environment and manifest are on IPFS. */
  | { kind: 'published'; manifestCid: Cid; sceneCid: Cid; environmentCid: Cid | null }
  /** An earlier run had ordered this job, and it goes on. */
  | { kind: 'resumed'; jobId: JobId; chunksPaid: number; chunkCount: number }
  | { kind: 'ordered'; jobId: JobId; chunkCount: number; budgetWei: Wei }
  /** The chain lost the order with its newest blocks; it was sent again under the same id. */
  | { kind: 'reordered'; jobId: JobId }
  /** `secondsLeft` until all is paid, at the pace so far; undefined while that cannot be said. */
  | { kind: 'progress'; progress: JobProgress; secondsLeft: number | undefined }
  /** Nothing has moved for a while; `absence` says who is missing, where that can be told. */
  | { kind: 'stalled'; quietMs: number; absence: Absence | undefined }
  | OutageEvent;

/** A part of the network that does not answer, and that it answers again. */
export type OutageEvent =
  | { kind: 'outage'; of: 'chain' | 'objects'; lastedMs: number; patienceMs: number; reason: string }
  | { kind: 'recovered'; of: 'chain' | 'objects'; lastedMs: number };
