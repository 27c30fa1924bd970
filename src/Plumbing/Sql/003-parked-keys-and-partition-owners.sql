-- A key whose message could not be handled; its later messages queue in parked behind it.
create table {schema}.parked_key (
    topic text not null,
    key text not null,
    partition integer not null,
    parked_at timestamptz not null,
    retry_requested boolean not null default false,
    primary key (topic, key)
);

create table {schema}.parked (
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    key text not null,
    headers jsonb not null,
    body bytea not null,
    error text not null,
    first_seen timestamptz not null,
    primary key (topic, partition, record_offset),
    foreign key (topic, key) references {schema}.parked_key (topic, key)
);

create index parked_by_key on {schema}.parked (topic, key, record_offset);

-- Who may commit work of a partition: whoever raised the epoch last.
create table {schema}.partition_owner (
    topic text not null,
    partition integer not null,
    epoch bigint not null,
    primary key (topic, partition)
);

grant select, insert, update, delete on {schema}.parked_key to {schema};
grant select, insert, update, delete on {schema}.parked to {schema};
grant select, insert, update on {schema}.partition_owner to {schema};
