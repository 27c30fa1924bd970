-- What was handled. Partitioned by the day of ce_time, which every delivery of a message shares; a day outside the range kept goes to the default.
create table {schema}.inbox (
    message_id uuid not null,
    day date not null,
    body_hash uuid not null,
    primary key (message_id, day)
) partition by range (day);

create table {schema}.inbox_default partition of {schema}.inbox default;

grant select, insert on {schema}.inbox to {schema};

-- Makes the partitions of the days around today and drops those older than the inbox remembers. Runs as its owner, because only that may.
create function {schema}.inbox_maintain(today date, days_kept integer) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    one_day date;
    partition_name text;
begin
    perform pg_advisory_xact_lock(hashtextextended('{schema}.inbox_maintain', 0));
    for one_day in select generate_series(today - days_kept, today + 2, interval '1 day')::date loop
        partition_name := 'inbox_' || to_char(one_day, 'YYYYMMDD');
        continue when to_regclass('{schema}.' || partition_name) is not null;
        execute format('create table {schema}.%I (like {schema}.inbox including all)', partition_name);
        execute format('with moved as (delete from {schema}.inbox_default where day = %L returning *) insert into {schema}.%I select * from moved',
            one_day, partition_name);
        execute format('alter table {schema}.inbox attach partition {schema}.%I for values from (%L) to (%L)', partition_name, one_day, one_day + 1);
    end loop;
    for partition_name in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = '{schema}.inbox'::regclass and c.relname ~ '^inbox_[0-9]{8}$'
            and to_date(substr(c.relname, 7), 'YYYYMMDD') < today - days_kept
        order by c.relname
    loop
        execute format('drop table {schema}.%I', partition_name);
    end loop;
end
$$;

revoke all on function {schema}.inbox_maintain(date, integer) from public;
grant execute on function {schema}.inbox_maintain(date, integer) to {schema};
