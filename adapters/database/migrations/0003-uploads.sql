-- What accounts stored in IPFS over the coordinator's port and what of it is pinned still. It is not on the chain: where
-- it is lost, what was pinned stays pinned.
CREATE TABLE uploads (
  upload_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account text NOT NULL,
  -- Who counts it: the account, and for a stranger also the address it came from and all strangers together.
  holders text[] NOT NULL,
  bytes bigint NOT NULL,
  -- Null while it arrives.
  cid text,
  -- Unix seconds at which somebody looks whether an order names it.
  check_at_seconds bigint NOT NULL
);
CREATE INDEX uploads_to_check ON uploads (check_at_seconds);
CREATE INDEX uploads_of_cid ON uploads (cid) WHERE cid IS NOT NULL;

-- The sum of the bytes of all uploads of a holder, kept so that uploads at once cannot pass its bound together.
CREATE TABLE upload_totals (
  holder text PRIMARY KEY,
  bytes bigint NOT NULL
) WITH (fillfactor = 50);

-- Documents that the chain names and that were read, and the CIDs that they name.
CREATE TABLE read_documents (
  digest text PRIMARY KEY
);
CREATE TABLE document_cids (
  cid text NOT NULL,
  digest text NOT NULL REFERENCES read_documents ON DELETE CASCADE,
  PRIMARY KEY (cid, digest)
);
