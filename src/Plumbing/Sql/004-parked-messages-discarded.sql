-- Parked messages that a person gave up, whole: nothing is lost that was discarded. The same record may be delivered, parked and discarded again.
create table {schema}.parked_discarded (
    discard_no bigint generated always as identity primary key,
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    key text not null,
    headers jsonb not null,
    body bytea not null,
    error text not null,
    first_seen timestamptz not null,
    discarded_at timestamptz not null,
    discarded_by text not null check (btrim(discarded_by) <> ''),
    reason text not null check (btrim(reason) <> '')
);

create index parked_discarded_by_key on {schema}.parked_discarded (topic, key, discard_no);

create function {schema}.refuse_change_of_discarded() returns trigger language plpgsql as $$
begin
    raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;

create trigger parked_discarded_append_only before update or delete or truncate on {schema}.parked_discarded
    for each statement execute function {schema}.refuse_change_of_discarded();

-- Discarding is a person's act, through the owner: the worker may look.
grant select on {schema}.parked_discarded to {schema};
