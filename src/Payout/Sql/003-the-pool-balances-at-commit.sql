-- A contest can be complete only if its ledger lines are what Settlement decided and its pool is empty. Checked when the
-- transaction commits, so no code path and no hand-written statement of the worker's role can get round it.
create function payout.contest_balances() returns trigger language plpgsql as $$
declare
    decided payout.settlement%rowtype;
    pool_in bigint;
    awards bigint;
    fees bigint;
    remainder bigint;
    overlay bigint;
    pool_out bigint;
    owed bigint;
begin
    select * into decided from payout.settlement s where s.contest_id = new.contest_id and s.revision = new.revision;
    if not found then
        raise exception 'contest % revision % is complete without a settlement', new.contest_id, new.revision using errcode = 'check_violation';
    end if;

    select coalesce(sum(t.amount_minor) filter (where t.credit_account = 'prize_pool:' || new.contest_id), 0),
           coalesce(sum(t.amount_minor) filter (where t.debit_account = 'prize_pool:' || new.contest_id), 0),
           coalesce(sum(t.amount_minor) filter (where t.code = 'award'), 0),
           coalesce(sum(t.amount_minor) filter (where t.code = 'platform-fee'), 0),
           coalesce(sum(t.amount_minor) filter (where t.code = 'remainder'), 0),
           coalesce(sum(t.amount_minor) filter (where t.code = 'overlay'), 0)
    into pool_in, pool_out, awards, fees, remainder, overlay
    from payout.ledger_transfer t
    where t.contest_id = new.contest_id and t.revision = new.revision;

    select coalesce(sum(p.amount_minor), 0) into owed from payout.payout p
    where p.contest_id = new.contest_id and p.revision = new.revision;

    if pool_in <> pool_out or pool_in <> decided.pool_minor or awards <> decided.prizes_gross_minor or fees <> decided.platform_fees_minor
        or remainder <> decided.house_remainder_minor or overlay <> decided.overlay_minor or owed <> decided.prizes_net_minor then
        raise exception 'contest % revision % does not balance: pool in %, out %, awards %, fees %, remainder %, overlay %, payouts %; decided: pool %, awards %, fees %, remainder %, overlay %, net %',
            new.contest_id, new.revision, pool_in, pool_out, awards, fees, remainder, overlay, owed, decided.pool_minor,
            decided.prizes_gross_minor, decided.platform_fees_minor, decided.house_remainder_minor, decided.overlay_minor, decided.prizes_net_minor
            using errcode = 'check_violation';
    end if;

    return null;
end $$;

create constraint trigger contest_balances_when_inserted after insert on payout.contest
    deferrable initially deferred for each row when (new.completed_at is not null) execute function payout.contest_balances();
create constraint trigger contest_balances_when_completed after update on payout.contest
    deferrable initially deferred for each row when (new.completed_at is not null and old.completed_at is null)
    execute function payout.contest_balances();

-- What is complete stays complete, and its pool takes no further line.
create function payout.contest_stays_complete() returns trigger language plpgsql as $$
begin
    raise exception 'contest % revision % is complete', old.contest_id, old.revision using errcode = 'restrict_violation';
end $$;

create trigger contest_stays_complete before update on payout.contest for each row
    when (old.completed_at is not null and new.completed_at is distinct from old.completed_at)
    execute function payout.contest_stays_complete();

create function payout.pool_is_closed() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from added a join payout.contest c on c.contest_id = a.contest_id and c.revision = a.revision
        where c.completed_at is not null
            and (a.code in ('award', 'platform-fee')
                or a.debit_account = 'prize_pool:' || c.contest_id or a.credit_account = 'prize_pool:' || c.contest_id)) then
        raise exception 'a complete contest takes no further award, fee or pool line' using errcode = 'restrict_violation';
    end if;

    return null;
end $$;

create trigger ledger_transfer_pool_is_closed after insert on payout.ledger_transfer
    referencing new table as added for each statement execute function payout.pool_is_closed();

-- A payout's amount and recipient are Settlement's: nobody changes them, nobody unpays.
create function payout.payout_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception 'payout %: amount, recipient and a final state are fixed', old.payout_id using errcode = 'restrict_violation';
end $$;

create trigger payout_is_fixed before update on payout.payout for each row
    when ((old.contest_id, old.revision, old.player_id, old.amount_minor, old.currency)
          is distinct from (new.contest_id, new.revision, new.player_id, new.amount_minor, new.currency)
          or (old.state in ('paid', 'rejected') and new.state <> old.state))
    execute function payout.payout_is_fixed();
