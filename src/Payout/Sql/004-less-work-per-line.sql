-- The same guarantees for less work: room on each page, so that a new balance does not touch the index; and a posting looks up each of its contests once,
-- not once per line.
alter table payout.ledger_account set (fillfactor = 50);

create or replace function payout.pool_is_closed() returns trigger language plpgsql set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    if exists (
        select 1
        from (
            select distinct a.contest_id, a.revision from added a
            where a.code in ('award', 'platform-fee')
                or a.debit_account = 'prize_pool:' || a.contest_id or a.credit_account = 'prize_pool:' || a.contest_id) touched
        join payout.contest c on c.contest_id = touched.contest_id and c.revision = touched.revision
        where c.completed_at is not null) then
        raise exception 'a complete contest takes no further award, fee or pool line' using errcode = 'restrict_violation';
    end if;

    return null;
end $$;
