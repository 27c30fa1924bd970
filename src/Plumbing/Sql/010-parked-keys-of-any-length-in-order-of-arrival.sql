-- A key is kept whole and found by its hash: an index takes no more than 2,700 bytes, and what cannot be parked would stop its partition.
-- Immutable, which convert_to alone is not: a database never changes its encoding.
create function {schema}.parked_key_hash(key text) returns bytea language sql immutable strict parallel safe as $$ select sha256(convert_to(key, 'UTF8')) $$;

alter table {schema}.parked drop constraint parked_topic_key_fkey;
drop index {schema}.parked_by_key;
alter table {schema}.parked_key
    drop constraint parked_key_pkey,
    add column key_hash bytea not null generated always as ({schema}.parked_key_hash(key)) stored,
    -- What the worker said to the latest request that it could not follow to the end.
    add column answered_no bigint not null default 0,
    add column answer text check (answer in ('failed', 'fenced')),
    add primary key (topic, key_hash);

-- Messages of a key may come from several partitions, whose offsets tell no order between them: it is that of their arrival, and what failed came first.
-- failures: how often the message itself could not be handled; 0: it only queues. error: of the first time; last_error: of the latest.
alter table {schema}.parked
    add column key_hash bytea not null generated always as ({schema}.parked_key_hash(key)) stored,
    add column arrival bigint,
    add column failures integer not null default 1 check (failures >= 0),
    add column last_error text;
update {schema}.parked set failures = 0 where error = 'waits behind an earlier message of its key';
update {schema}.parked p set arrival = o.arrival
from (select topic, partition, record_offset, row_number() over (order by failures = 0, first_seen, partition, record_offset) as arrival from {schema}.parked) as o
where (o.topic, o.partition, o.record_offset) = (p.topic, p.partition, p.record_offset);
alter table {schema}.parked
    alter column arrival set not null,
    alter column arrival add generated always as identity,
    add foreign key (topic, key_hash) references {schema}.parked_key (topic, key_hash);
select setval(pg_get_serial_sequence('{schema}.parked', 'arrival'), (select coalesce(max(arrival), 0) + 1 from {schema}.parked), false);
create index parked_by_key on {schema}.parked (topic, key_hash, arrival);

drop index {schema}.parked_discarded_by_key;
alter table {schema}.parked_discarded
    add column key_hash bytea not null generated always as ({schema}.parked_key_hash(key)) stored,
    add column last_error text;
create index parked_discarded_by_key on {schema}.parked_discarded (topic, key_hash, discard_no);
