-- A payout's amount is never changed. When an entry is refunded after its prize was settled, the payout is rejected, and what is left of it is another payout,
-- derived from it, smaller than it, and at most one for each.
alter table payout.payout add column derived_from text collate "C" unique references payout.payout;
alter table payout.payout add column reduction_no integer not null default 0 check ((reduction_no = 0) = (derived_from is null));
alter table payout.payout drop constraint payout_contest_id_revision_player_id_key;
alter table payout.payout add constraint payout_once_per_player unique (contest_id, revision, player_id, reduction_no);

alter table payout.entry_payment add column void_due_at timestamptz;
create index entry_payment_void_due on payout.entry_payment (void_due_at) where void_due_at is not null;

create table payout.prize_void (
    contest_id text collate "C" not null,
    revision integer not null,
    entry_id text collate "C" not null,
    void_no integer not null check (void_no > 0),
    payout_id text collate "C" not null references payout.payout,
    amount_minor bigint not null check (amount_minor > 0),
    outcome text not null check (outcome in ('voided', 'told')),
    at timestamptz not null,
    primary key (contest_id, revision, entry_id, void_no)
);

create trigger prize_void_append_only before update or delete or truncate on payout.prize_void
    for each statement execute function payout.refuse_change();
grant select, insert on payout.prize_void to payout;

-- Checked at the commit, when the payout it stands for must have been rejected.
create function payout.derived_payout_is_smaller() returns trigger language plpgsql as $$
declare
    original payout.payout%rowtype;
    voided bigint;
begin
    select * into original from payout.payout p where p.payout_id = new.derived_from;
    select coalesce(sum(v.amount_minor), 0) into voided from payout.prize_void v where v.payout_id = original.payout_id and v.outcome = 'voided';
    if original.state <> 'rejected' or new.amount_minor <> original.amount_minor - voided or voided = 0
        or (new.contest_id, new.revision, new.player_id, new.currency, new.reduction_no)
            is distinct from (original.contest_id, original.revision, original.player_id, original.currency, original.reduction_no + 1) then
        raise exception 'payout % does not stand for what is left of payout %', new.payout_id, new.derived_from using errcode = 'check_violation';
    end if;

    return null;
end $$;

create constraint trigger derived_payout_is_smaller after insert on payout.payout
    deferrable initially deferred for each row when (new.derived_from is not null) execute function payout.derived_payout_is_smaller();

create trigger payout_origin_is_fixed before update on payout.payout for each row
    when ((old.derived_from, old.reduction_no) is distinct from (new.derived_from, new.reduction_no))
    execute function payout.payout_is_fixed();

-- As before; payouts that stand for what is left of others do not count twice.
create or replace function payout.payout_has_contest() returns trigger language plpgsql set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    fault text;
begin
    select case when c.contest_id is null then 'absent' else 'complete' end into fault
    from (select distinct contest_id, revision from added) named
    left join payout.contest c on c.contest_id = named.contest_id and c.revision = named.revision
    where c.contest_id is null
        or c.completed_at is not null and coalesce((
            select s.prizes_net_minor from payout.settlement s where s.contest_id = c.contest_id and s.revision = c.revision), 0) <> (
            select sum(p.amount_minor) from payout.payout p
            where p.contest_id = c.contest_id and p.revision = c.revision and p.derived_from is null)
    limit 1;
    if fault = 'absent' then
        raise exception 'a payout belongs to a contest that is not there' using errcode = 'foreign_key_violation';
    elsif fault = 'complete' then
        raise exception 'a complete contest takes no further payout' using errcode = 'restrict_violation';
    end if;

    return null;
end $$;

create or replace function payout.contest_balances() returns trigger language plpgsql as $$
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
    where p.contest_id = new.contest_id and p.revision = new.revision and p.derived_from is null;

    if pool_in <> pool_out or pool_in <> decided.pool_minor or awards <> decided.prizes_gross_minor or fees <> decided.platform_fees_minor
        or remainder <> decided.house_remainder_minor or overlay <> decided.overlay_minor or owed <> decided.prizes_net_minor then
        raise exception 'contest % revision % does not balance: pool in %, out %, awards %, fees %, remainder %, overlay %, payouts %; decided: pool %, awards %, fees %, remainder %, overlay %, net %',
            new.contest_id, new.revision, pool_in, pool_out, awards, fees, remainder, overlay, owed, decided.pool_minor,
            decided.prizes_gross_minor, decided.platform_fees_minor, decided.house_remainder_minor, decided.overlay_minor, decided.prizes_net_minor
            using errcode = 'check_violation';
    end if;

    return null;
end $$;
