-- Up to where the records of a partition were handled, written in the transaction that handled them. The consumer group is told afterwards: when it is further than
-- this, the database went back in time. Of an epoch other than the owner's a row says nothing, since a worker that does not write it has had the partition meanwhile.
create table {schema}.handled_offset (
    topic text collate "C" not null,
    partition integer not null,
    epoch bigint not null,
    next_offset bigint not null check (next_offset >= 0),
    handled_at timestamptz not null,
    -- Up to here the records come a second time, because the database went back; null: none do.
    again_until bigint,
    primary key (topic, partition)
);

grant select, insert, update on {schema}.handled_offset to {schema};
