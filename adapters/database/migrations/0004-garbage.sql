-- Pins of the network's own IPFS node that no order, lease or upload names, since when, and from when on they were let go
-- of: what is named again before its blocks are collected is pinned again. It is not on the chain.
CREATE TABLE unnamed_pins (
  cid text PRIMARY KEY,
  since_seconds bigint NOT NULL,
  -- Null while it is pinned.
  released_at_seconds bigint
);

-- When the pins of the node were last gone through, and its garbage collected; one coordinator does either at a time.
CREATE TABLE garbage_rounds (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  released_at_seconds bigint NOT NULL,
  collected_at_seconds bigint NOT NULL,
  -- Whether anything was unpinned since.
  is_wanted boolean NOT NULL
);
