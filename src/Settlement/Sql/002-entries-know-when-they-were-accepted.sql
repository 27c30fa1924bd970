-- A change or a withdrawal that is replayed long after belongs to the acceptance before it, not to a later one of the same entry.
alter table settlement.entry add column accepted_at timestamptz;
