import type { Generated } from 'kysely';

// The tables of migrations/, as kysely sees them. bigint and numeric columns are read as numbers and bigints (see
// connectDatabase.ts).

export interface ChainCursorTable {
  only_row: Generated<boolean>;
  network: string;
  network_name: Generated<string>;
  head_block: number;
  head_hash: string;
  head_timestamp: number;
}

export interface EventsTable {
  block_number: number;
  log_index: number;
  name: string;
  job_id: string | null;
  /** JSON text when written, a value when read. */
  event: unknown;
}

export interface JobsTable {
  job_id: string;
  artist: string;
  policy: string;
  chunk_count: number;
  created_block: number;
  deadline: number;
  closed: boolean;
  completed: boolean;
  funded_wei: bigint;
  unreserved_wei: bigint;
  reserved_wei: bigint;
  spent_wei: bigint;
  withdrawn_wei: bigint;
  price_per_unit_wei: bigint;
  max_chunks_per_lease: number | null;
  max_units_per_lease: number | null;
  reserve_fee_bps: number | null;
  verifier_count: number | null;
  path_seconds: number | null;
  path_seconds_per_unit: number | null;
  documents: Generated<'pending' | 'ready' | 'refused'>;
  refusal: Generated<string | null>;
  manifest: Generated<unknown>;
}

export interface ChunksTable {
  job_id: string;
  chunk_index: number;
  word: number;
  frame: number;
  weight: number;
  state: 'free' | 'leased' | 'committed' | 'paid' | 'voided';
  lease_id: number | null;
  suggested_to: Generated<string | null>;
  suggested_until: Generated<Date>;
}

export interface FrameGroupsTable {
  job_id: string;
  frame: number;
  word: number;
  open: number;
  resting_until: Generated<Date>;
}

export interface JobTurnsTable {
  job_id: string;
  turn: Generated<number>;
}

export interface JobWishesTable {
  job_id: string;
  paused: Generated<boolean>;
  priority: Generated<number>;
}

export interface BarredChunksTable {
  job_id: string;
  worker: string;
  chunk_index: number;
}

export interface LeasesTable {
  lease_id: number;
  job_id: string;
  worker: string;
  word: number;
  mask: bigint;
  state: string;
  pay_wei: bigint;
  taken_at: number;
  committed_at: number | null;
  ended_at: number | null;
}

export interface AuditsTable {
  lease_id: number;
  verifier: string;
  sealed: boolean;
  verdict: string | null;
}

export interface AccountsTable {
  account: string;
  role: string | null;
  device_class: string;
  stake_wei: bigint;
  withdrawable_at: number | null;
  convictions: number;
  slashed_wei: bigint;
  owed_wei: bigint;
  credited_wei: bigint;
}

export interface HeartbeatsTable {
  worker: string;
  seen_at: Date;
  max_chunks: number;
  suggestions: number;
}

export interface UploadsTable {
  upload_id: Generated<number>;
  account: string;
  holders: string[];
  bytes: number;
  cid: string | null;
  check_at_seconds: number;
}

export interface UploadTotalsTable {
  holder: string;
  bytes: number;
}

export interface ReadDocumentsTable {
  digest: string;
}

export interface DocumentCidsTable {
  cid: string;
  digest: string;
}

export interface UnnamedPinsTable {
  cid: string;
  since_seconds: number;
  released_at_seconds: number | null;
}

export interface GarbageRoundsTable {
  only_row: Generated<boolean>;
  released_at_seconds: number;
  collected_at_seconds: number;
  is_wanted: boolean;
}

/** The coordinator's database. */
export interface DatabaseSchema {
  chain_cursor: ChainCursorTable;
  events: EventsTable;
  jobs: JobsTable;
  chunks: ChunksTable;
  frame_groups: FrameGroupsTable;
  job_turns: JobTurnsTable;
  job_wishes: JobWishesTable;
  barred_chunks: BarredChunksTable;
  leases: LeasesTable;
  audits: AuditsTable;
  accounts: AccountsTable;
  heartbeats: HeartbeatsTable;
  uploads: UploadsTable;
  upload_totals: UploadTotalsTable;
  read_documents: ReadDocumentsTable;
  document_cids: DocumentCidsTable;
  unnamed_pins: UnnamedPinsTable;
  garbage_rounds: GarbageRoundsTable;
}
