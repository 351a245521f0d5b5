-- The name of the network beside what it is known by, for people: a coordinator refuses a database of another one.
ALTER TABLE chain_cursor ADD COLUMN network_name text NOT NULL DEFAULT '';
