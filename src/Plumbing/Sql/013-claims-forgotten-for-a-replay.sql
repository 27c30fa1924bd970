-- Messages that a replay is to have handled anew, each once: the owner writes them down when the run begins. A claim of the inbox is forgotten for them alone.
create table {schema}.reprocess (
    run_id text collate "C" not null,
    message_id uuid not null,
    primary key (run_id, message_id)
);

-- Of these records, which say that they come from a run: forgets the claims of those that are written down, in the transaction that handles them. The worker can
-- forget no others.
create function {schema}.inbox_reprocess(runs text[], ids uuid[], days date[]) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with asked as (
        delete from {schema}.reprocess r
        using unnest(runs, ids, days) as record (run_id, message_id, day)
        where r.run_id = record.run_id and r.message_id = record.message_id
        returning r.message_id, record.day),
    forgotten as (
        delete from {schema}.inbox i using asked where i.message_id = asked.message_id and i.day = asked.day returning 1)
    select count(*) from asked
$$;

revoke all on function {schema}.inbox_reprocess(text[], uuid[], date[]) from public;
grant execute on function {schema}.inbox_reprocess(text[], uuid[], date[]) to {schema};
