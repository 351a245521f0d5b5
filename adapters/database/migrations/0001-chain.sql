-- What the chain says, and what it adds up to. Everything here can be dropped: it is read again from the chain and IPFS.

-- One row: how far the chain was read. A writer that read from another place than this one says must start over.
CREATE TABLE chain_cursor (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  network text NOT NULL,
  head_block bigint NOT NULL,
  head_hash text NOT NULL,
  head_timestamp bigint NOT NULL
);

CREATE TABLE events (
  block_number bigint NOT NULL,
  log_index integer NOT NULL,
  name text NOT NULL,
  job_id text,
  event jsonb NOT NULL,
  PRIMARY KEY (block_number, log_index)
);
CREATE INDEX events_of_job ON events (job_id, block_number, log_index) WHERE job_id IS NOT NULL;

CREATE TABLE jobs (
  job_id text PRIMARY KEY,
  artist text NOT NULL,
  policy text NOT NULL,
  chunk_count integer NOT NULL,
  created_block bigint NOT NULL,
  deadline bigint NOT NULL,
  closed boolean NOT NULL,
  completed boolean NOT NULL,
  funded_wei numeric(78, 0) NOT NULL,
  unreserved_wei numeric(78, 0) NOT NULL,
  reserved_wei numeric(78, 0) NOT NULL,
  spent_wei numeric(78, 0) NOT NULL,
  withdrawn_wei numeric(78, 0) NOT NULL,
  price_per_unit_wei numeric(78, 0) NOT NULL,
  -- What a lease of the job's policy may hold, reserves and needs; null until the policy is known.
  max_chunks_per_lease bigint,
  max_units_per_lease bigint,
  reserve_fee_bps bigint,
  verifier_count bigint,
  path_seconds bigint,
  path_seconds_per_unit bigint,
  -- pending until the manifest is read from IPFS; then ready, or refused with a reason when it contradicts the chain.
  documents text NOT NULL DEFAULT 'pending' CHECK (documents IN ('pending', 'ready', 'refused')),
  refusal text,
  manifest jsonb
);

-- One row per chunk, made when the job's manifest is known.
CREATE TABLE chunks (
  job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
  chunk_index integer NOT NULL,
  word integer NOT NULL,
  frame integer NOT NULL,
  weight integer NOT NULL,
  state text NOT NULL CHECK (state IN ('free', 'leased', 'committed', 'paid', 'voided')),
  lease_id bigint,
  suggested_to text,
  suggested_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (job_id, chunk_index)
) WITH (fillfactor = 80);
CREATE INDEX chunks_to_take ON chunks (job_id, frame, word, chunk_index) WHERE state IN ('free', 'voided');

-- What one suggestion is made of: the chunks of one frame in one word of the job's bitmap. Its row is what suggestions lock.
CREATE TABLE frame_groups (
  job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
  frame integer NOT NULL,
  word integer NOT NULL,
  -- Chunks that are free or voided.
  open integer NOT NULL,
  -- Until then all of them are suggested to somebody.
  resting_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (job_id, frame, word)
) WITH (fillfactor = 50);
CREATE INDEX frame_groups_to_take ON frame_groups (job_id, frame, word) WHERE open > 0;

-- Jobs take turns: the one whose turn is longest ago comes first.
CREATE SEQUENCE suggestion_turns;
CREATE TABLE job_turns (
  job_id text PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
  turn bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Chunks a worker may not take again after a void.
CREATE TABLE barred_chunks (
  job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
  worker text NOT NULL,
  chunk_index integer NOT NULL,
  PRIMARY KEY (job_id, worker, chunk_index)
);

CREATE TABLE leases (
  lease_id bigint PRIMARY KEY,
  job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
  worker text NOT NULL,
  word integer NOT NULL,
  mask numeric(78, 0) NOT NULL,
  state text NOT NULL,
  pay_wei numeric(78, 0) NOT NULL,
  taken_at bigint NOT NULL,
  committed_at bigint,
  ended_at bigint
);
CREATE INDEX leases_of_job ON leases (job_id, lease_id);
CREATE INDEX leases_of_worker ON leases (worker, lease_id);

CREATE TABLE audits (
  lease_id bigint NOT NULL REFERENCES leases ON DELETE CASCADE,
  verifier text NOT NULL,
  sealed boolean NOT NULL,
  verdict text,
  PRIMARY KEY (lease_id, verifier)
);
CREATE INDEX audits_of_verifier ON audits (verifier);

CREATE TABLE accounts (
  account text PRIMARY KEY,
  role text,
  device_class text NOT NULL,
  stake_wei numeric(78, 0) NOT NULL,
  withdrawable_at bigint,
  convictions integer NOT NULL,
  slashed_wei numeric(78, 0) NOT NULL,
  owed_wei numeric(78, 0) NOT NULL,
  credited_wei numeric(78, 0) NOT NULL
);

-- Advisory: when a worker was last heard of. Nothing depends on it; it comes back by itself.
CREATE TABLE heartbeats (
  worker text PRIMARY KEY,
  seen_at timestamptz NOT NULL,
  max_chunks integer NOT NULL,
  suggestions bigint NOT NULL
);
