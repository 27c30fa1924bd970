-- What is to be sent, in order of position. Partitioned by position, so that a partition is dropped once the relay is past it.
create sequence {schema}.outbox_position;

-- From now on last_value has been given out, which outbox_begin and outbox_horizon build on.
select nextval('{schema}.outbox_position');

create table {schema}.outbox (
    position bigint not null default nextval('{schema}.outbox_position'),
    slice smallint not null,
    message_id uuid not null,
    topic text not null,
    wire_name text not null,
    partition_key text not null,
    record_key text not null,
    at timestamptz not null,
    trace_parent text not null,
    body bytea not null,
    primary key (position)
) partition by range (position);

create table {schema}.outbox_default partition of {schema}.outbox default;

-- How far each slice of the keys was acknowledged by the broker.
create table {schema}.outbox_slice (
    slice smallint primary key,
    sent_position bigint not null
);

insert into {schema}.outbox_slice (slice, sent_position) select generate_series(0, 15), 0;

-- Alerts that were raised: the same dedup key alerts once.
create table {schema}.alert_raised (
    dedup_key text primary key,
    raised_at timestamptz not null
);

grant usage, select on sequence {schema}.outbox_position to {schema};
grant select, insert on {schema}.outbox to {schema};
grant select, update on {schema}.outbox_slice to {schema};
grant select, insert on {schema}.alert_raised to {schema};

-- Called by a writer just before it takes positions, in the same transaction. Until that ends, pg_locks shows a lower bound of the positions it
-- holds: all of them are above the sequence's value at this moment.
create function {schema}.outbox_begin() returns bigint language plpgsql as $$
declare
    floor bigint;
begin
    select last_value into floor from {schema}.outbox_position;
    perform pg_advisory_xact_lock_shared(('{schema}.outbox_position'::regclass::oid::bigint << 32) | (floor & 4294967295));
    return floor;
end
$$;

-- Every position up to the result belongs to a transaction that has ended: what is visible up to it is all there will ever be.
-- The sequence is read first: a writer that announces itself later takes positions above that value.
create function {schema}.outbox_horizon(out horizon bigint, out newest bigint) language plpgsql as $$
declare
    oldest_open bigint;
begin
    select last_value into newest from {schema}.outbox_position;
    select min(newest - ((newest - objid::bigint) & 4294967295)) into oldest_open
    from pg_locks
    where locktype = 'advisory' and objsubid = 1 and classid = '{schema}.outbox_position'::regclass::oid
        and database = (select oid from pg_database where datname = current_database());
    horizon := least(newest, coalesce(oldest_open, newest));
end
$$;

-- Makes partitions ahead of the sequence and drops those every slice is past. Runs as its owner, because only that may.
create function {schema}.outbox_maintain(rows_per_partition bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    newest bigint;
    sent bigint;
    number bigint;
    partition_name text;
begin
    perform pg_advisory_xact_lock(hashtextextended('{schema}.outbox_maintain', 0));
    perform set_config('lock_timeout', '500ms', true);
    select last_value into newest from {schema}.outbox_position;
    select min(sent_position) into sent from {schema}.outbox_slice;
    for number in newest / rows_per_partition .. newest / rows_per_partition + 2 loop
        partition_name := 'outbox_' || number;
        continue when to_regclass('{schema}.' || partition_name) is not null;
        continue when exists (
            select from {schema}.outbox_default where position >= number * rows_per_partition and position < (number + 1) * rows_per_partition);
        execute format('create table {schema}.%I partition of {schema}.outbox for values from (%s) to (%s)',
            partition_name, number * rows_per_partition, (number + 1) * rows_per_partition);
    end loop;
    for partition_name, number in
        select c.relname, substr(c.relname, 8)::bigint from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = '{schema}.outbox'::regclass and c.relname ~ '^outbox_[0-9]+$'
        order by substr(c.relname, 8)::bigint
    loop
        if (number + 1) * rows_per_partition <= sent then
            execute format('drop table {schema}.%I', partition_name);
        end if;
    end loop;
end
$$;

revoke all on function {schema}.outbox_begin() from public;
revoke all on function {schema}.outbox_horizon() from public;
revoke all on function {schema}.outbox_maintain(bigint) from public;
grant execute on function {schema}.outbox_begin() to {schema};
grant execute on function {schema}.outbox_horizon() to {schema};
grant execute on function {schema}.outbox_maintain(bigint) to {schema};
