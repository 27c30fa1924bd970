-- Today, as the inbox counts days: the database's. The clock of a process may be days ahead, and would drop what still comes again.
create function {schema}.inbox_today() returns date language sql stable as $$ select (now() at time zone 'UTC')::date $$;

-- Claims of days that have no partition (a feed of last season, a time that nobody has reached), and since when they are known to be there: their own day does not tell when
-- they are old enough to be forgotten.
create table {schema}.inbox_stray (
    message_id uuid not null,
    day date not null,
    since date not null,
    primary key (message_id, day)
);

-- The last day on which they were looked at: once a day is enough.
create table {schema}.inbox_stray_look (
    looked date not null
);

insert into {schema}.inbox_stray_look (looked) values ('-infinity');

-- As inbox_maintain(today, days_kept), by the database's day; and it forgets claims in the default partition that have been there longer than the inbox remembers.
-- The other one is for processes of the release before, and for the owner.
create function {schema}.inbox_maintain(days_kept integer) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date := {schema}.inbox_today();
begin
    perform {schema}.inbox_maintain(today, days_kept);
    update {schema}.inbox_stray_look set looked = today where looked < today;
    if not found then
        return;
    end if;
    insert into {schema}.inbox_stray (message_id, day, since) select message_id, day, today from {schema}.inbox_default on conflict do nothing;
    delete from {schema}.inbox_default claim using {schema}.inbox_stray stray
    where stray.message_id = claim.message_id and stray.day = claim.day and stray.since < today - days_kept;
    delete from {schema}.inbox_stray stray
    where not exists (select from {schema}.inbox_default claim where claim.message_id = stray.message_id and claim.day = stray.day);
end
$$;

revoke all on function {schema}.inbox_maintain(integer) from public;
grant execute on function {schema}.inbox_maintain(integer) to {schema};
