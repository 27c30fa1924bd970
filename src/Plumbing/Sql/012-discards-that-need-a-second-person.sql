-- A message that carries money is discarded by two persons: the first one's wish waits here for the second. The arrival number names the very message that was
-- looked at. No grant: the worker has no part in it.
create table {schema}.parked_discard_wish (
    arrival bigint primary key,
    asked_by text not null check (btrim(asked_by) <> ''),
    asked_at timestamptz not null,
    reason text not null check (btrim(reason) <> '')
);

alter table {schema}.parked_discarded add column approved_by text check (btrim(approved_by) <> '');
