-- Operators' requests to try parked keys again, many at once: what was asked of which worker. How far it is, the workers' own tables tell.
create table operations.parked_retry (
    retry_id text collate "C" primary key,
    worker text,
    topic text,
    error text,
    key text,
    asked_by text not null check (btrim(asked_by) <> ''),
    asked_at timestamptz not null,
    reason text not null check (btrim(reason) <> ''),
    left_out bigint not null check (left_out >= 0)
);
create index parked_retry_latest on operations.parked_retry (asked_at desc, retry_id desc);

create table operations.parked_retry_key (
    retry_id text collate "C" not null references operations.parked_retry,
    worker text not null,
    topic text not null,
    key_hash bytea not null,
    key text not null,
    request_no bigint not null,
    messages bigint not null,
    last_arrival bigint not null,
    primary key (retry_id, worker, topic, key_hash)
);
