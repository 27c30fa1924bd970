-- What players take out of their wallets to their banks. Each is a payout of its own, and stands in place of a contest: with an id that no contest has.
create table payout.wallet_withdrawal (
    withdrawal_id text collate "C" primary key check (starts_with(withdrawal_id, 'withdrawal/')),
    player_id text collate "C" not null,
    request_id text collate "C" not null check (request_id <> ''),
    payout_id text collate "C" not null unique references payout.payout deferrable initially deferred,
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    created_at timestamptz not null,
    unique (player_id, request_id),
    foreign key (player_id, currency) references payout.wallet
);

create trigger wallet_withdrawal_append_only before update or delete or truncate on payout.wallet_withdrawal
    for each statement execute function payout.refuse_change();

-- What is owed for a withdrawal is what the player asked for, what left the lots, and what left the wallet in the ledger.
create function payout.withdrawal_balances(withdrawal text) returns void language plpgsql as $$
declare
    asked payout.wallet_withdrawal%rowtype;
    owed bigint;
    others bigint;
    taken bigint;
    booked bigint;
begin
    select * into asked from payout.wallet_withdrawal w where w.withdrawal_id = withdrawal;
    select coalesce(sum(p.amount_minor) filter (where p.player_id = asked.player_id and p.payout_id = asked.payout_id
            and p.currency = asked.currency), 0), count(*) filter (where p.payout_id is distinct from asked.payout_id)
    into owed, others
    from payout.payout p where p.contest_id = withdrawal;
    select coalesce(sum(u.taken_minor), 0) into taken
    from payout.wallet_use u join payout.wallet_lot l on l.lot_id = u.lot_id and l.player_id = asked.player_id and l.currency = asked.currency
    where u.use_id = withdrawal;
    select coalesce(sum(t.amount_minor), 0) into booked from payout.ledger_transfer t
    where t.contest_id = withdrawal and t.revision = 1 and t.code = 'withdrawal' and t.debit_account = 'wallet:' || asked.player_id
        and t.credit_account = 'player_payable:' || asked.player_id and t.currency = asked.currency;
    if asked.withdrawal_id is null or others <> 0 or owed <> asked.amount_minor or taken <> asked.amount_minor or booked <> asked.amount_minor then
        raise exception '% does not balance: asked %, owed %, % payouts beside it, taken out of lots %, booked %', withdrawal, asked.amount_minor, owed, others, taken, booked
            using errcode = 'check_violation';
    end if;
end $$;

-- As before, but that a withdrawal owes what was asked for, where a contest owes what was settled.
create or replace function payout.payout_has_contest() returns trigger language plpgsql set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    fault text;
begin
    select case when c.contest_id is null then 'absent' else 'complete' end into fault
    from (select distinct contest_id, revision from added) named
    left join payout.contest c on c.contest_id = named.contest_id and c.revision = named.revision
    where c.contest_id is null
        or c.completed_at is not null and coalesce((
            select s.prizes_net_minor from payout.settlement s where s.contest_id = c.contest_id and s.revision = c.revision),
            (select w.amount_minor from payout.wallet_withdrawal w where w.withdrawal_id = c.contest_id), 0) <> (
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

create function payout.paying_balances() returns trigger language plpgsql as $$
begin
    perform payout.withdrawal_balances(new.contest_id);
    return null;
end $$;

drop trigger contest_balances_when_inserted on payout.contest;
drop trigger contest_balances_when_completed on payout.contest;
drop trigger contest_fees_when_inserted on payout.contest;
drop trigger contest_fees_when_completed on payout.contest;
create constraint trigger contest_balances_when_inserted after insert on payout.contest
    deferrable initially deferred for each row when (new.completed_at is not null and not starts_with(new.contest_id, 'withdrawal/'))
    execute function payout.contest_balances();
create constraint trigger contest_balances_when_completed after update on payout.contest
    deferrable initially deferred for each row
    when (new.completed_at is not null and old.completed_at is null and not starts_with(new.contest_id, 'withdrawal/'))
    execute function payout.contest_balances();
create constraint trigger contest_fees_when_inserted after insert on payout.contest
    deferrable initially deferred for each row when (new.completed_at is not null and not starts_with(new.contest_id, 'withdrawal/'))
    execute function payout.contest_takes_what_was_collected();
create constraint trigger contest_fees_when_completed after update on payout.contest
    deferrable initially deferred for each row
    when (new.completed_at is not null and old.completed_at is null and not starts_with(new.contest_id, 'withdrawal/'))
    execute function payout.contest_takes_what_was_collected();
create constraint trigger withdrawal_balances_when_inserted after insert on payout.contest
    deferrable initially deferred for each row when (starts_with(new.contest_id, 'withdrawal/')) execute function payout.paying_balances();
create constraint trigger withdrawal_balances_when_paid after insert on payout.payout
    deferrable initially deferred for each row when (starts_with(new.contest_id, 'withdrawal/')) execute function payout.paying_balances();

grant select, insert on payout.wallet_withdrawal to payout;
