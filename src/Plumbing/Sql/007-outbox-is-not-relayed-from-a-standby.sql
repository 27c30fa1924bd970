-- As before, and refused where nothing can be written. A standby knows none of the writers' locks and gives a later value of the sequence: by its answer rows would
-- be passed over for good. It, too, shows its transactions as read-only; where the primary is, no relay can note what it has sent, and would send it for ever.
create or replace function {schema}.outbox_horizon(out horizon bigint, out newest bigint) language plpgsql as $$
declare
    oldest_open bigint;
begin
    if current_setting('transaction_read_only')::boolean then
        raise exception 'the outbox of {schema} is not relayed from a standby or a read-only server' using errcode = 'cannot_connect_now';
    end if;
    select last_value into newest from {schema}.outbox_position;
    select min(newest - ((newest - objid::bigint) & 4294967295)) into oldest_open
    from pg_locks
    where locktype = 'advisory' and objsubid = 1 and classid = '{schema}.outbox_position'::regclass::oid
        and database = (select oid from pg_database where datname = current_database());
    horizon := least(newest, coalesce(oldest_open, newest));
end
$$;
