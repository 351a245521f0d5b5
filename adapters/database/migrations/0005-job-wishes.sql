-- What artists wish of their jobs: advice to who suggests, signed by the artist when it came. It is not on the chain:
-- where it is lost, every job is suggested in its turn.
CREATE TABLE job_wishes (
  job_id text PRIMARY KEY,
  paused boolean NOT NULL DEFAULT false,
  -- Higher comes first, among the jobs of one artist.
  priority integer NOT NULL DEFAULT 0
);
