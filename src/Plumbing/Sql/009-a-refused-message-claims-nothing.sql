-- Gives back the ids of messages that were refused: only what the calling transaction itself has claimed, so that nobody can make the inbox forget. A row keeps
-- the lower 32 bits of the transaction that wrote it.
create function {schema}.inbox_release(ids uuid[], days date[]) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with released as (
        delete from {schema}.inbox i
        using unnest(ids, days) as refused (message_id, day)
        where i.message_id = refused.message_id and i.day = refused.day
            and i.xmin::text::bigint = (pg_current_xact_id()::text::bigint & 4294967295)
        returning 1)
    select count(*) from released
$$;

revoke all on function {schema}.inbox_release(uuid[], date[]) from public;
grant execute on function {schema}.inbox_release(uuid[], date[]) to {schema};
