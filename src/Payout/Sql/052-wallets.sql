-- Money in a wallet lies in lots: where it came from, when, and what is left of it. What leaves remembers which lots it was taken from, so that what comes back
-- goes back there. At every commit the lots of a wallet are what its ledger account says.
create table payout.wallet (
    player_id text collate "C" not null,
    currency text collate "C" not null,
    primary key (player_id, currency)
);

create table payout.wallet_lot (
    lot_id text collate "C" primary key,
    player_id text collate "C" not null,
    currency text collate "C" not null,
    source text not null check (source in ('deposit', 'winnings')),
    reference text collate "C" not null check (reference <> ''),
    credited_at timestamptz not null,
    amount_minor bigint not null check (amount_minor > 0),
    left_minor bigint not null,
    foreign key (player_id, currency) references payout.wallet,
    constraint wallet_lot_never_negative check (left_minor >= 0 and left_minor <= amount_minor)
);

create index wallet_lot_left on payout.wallet_lot (player_id, currency, credited_at, lot_id) where left_minor > 0;

create table payout.wallet_use (
    use_id text collate "C" not null,
    lot_id text collate "C" not null references payout.wallet_lot,
    taken_minor bigint not null check (taken_minor > 0),
    taken_at timestamptz not null,
    returned_at timestamptz,
    primary key (use_id, lot_id)
);

create table payout.wallet_stake (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    player_id text collate "C" not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    state text not null check (state in ('staked', 'short', 'returned')),
    reason text,
    entry_state text not null check (entry_state in ('awaiting', 'accepted', 'refused', 'withdrawn', 'cancelled')),
    created_at timestamptz not null,
    primary key (contest_id, entry_id),
    constraint wallet_stake_short_takes_no_part check (state = 'staked' or entry_state <> 'accepted')
);

create function payout.wallet_lot_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception '%.%: whose it is, where it came from, when and how much are fixed', tg_table_schema, tg_table_name
        using errcode = 'restrict_violation';
end $$;

create trigger wallet_lot_is_fixed before update on payout.wallet_lot for each row
    when ((old.lot_id, old.player_id, old.currency, old.source, old.reference, old.credited_at, old.amount_minor)
          is distinct from (new.lot_id, new.player_id, new.currency, new.source, new.reference, new.credited_at, new.amount_minor))
    execute function payout.wallet_lot_is_fixed();
create trigger wallet_use_is_fixed before update on payout.wallet_use for each row
    when ((old.use_id, old.lot_id, old.taken_minor, old.taken_at) is distinct from (new.use_id, new.lot_id, new.taken_minor, new.taken_at)
          or old.returned_at is not null)
    execute function payout.wallet_lot_is_fixed();
create trigger wallet_stake_is_fixed before update on payout.wallet_stake for each row
    when ((old.contest_id, old.entry_id, old.player_id, old.amount_minor, old.currency)
          is distinct from (new.contest_id, new.entry_id, new.player_id, new.amount_minor, new.currency)
          or old.state <> 'staked' and new.state <> old.state)
    execute function payout.wallet_lot_is_fixed();
create trigger wallet_lot_stays before delete or truncate on payout.wallet_lot for each statement execute function payout.refuse_change();
create trigger wallet_use_stays before delete or truncate on payout.wallet_use for each statement execute function payout.refuse_change();
create trigger wallet_stake_stays before delete or truncate on payout.wallet_stake for each statement execute function payout.refuse_change();

create function payout.check_wallet(player text, currency_of text) returns void language plpgsql as $$
declare
    lots bigint;
    ledger bigint;
begin
    select coalesce(sum(l.left_minor), 0) into lots from payout.wallet_lot l
    where l.player_id = player and l.currency = currency_of and l.left_minor > 0;
    select coalesce(sum(a.balance_minor), 0) into ledger from payout.ledger_account a
    where a.account = 'wallet:' || player and a.currency = currency_of;
    if lots <> ledger then
        raise exception 'wallet of % in %: its lots come to %, the ledger has %', player, currency_of, lots, ledger using errcode = 'check_violation';
    end if;
end $$;

create function payout.wallet_lots_balance() returns trigger language plpgsql as $$
begin
    perform payout.check_wallet(new.player_id, new.currency);
    return null;
end $$;

create function payout.wallet_account_balances() returns trigger language plpgsql as $$
begin
    perform payout.check_wallet(substr(new.account, length('wallet:') + 1), new.currency);
    return null;
end $$;

create constraint trigger wallet_lots_balance after insert or update on payout.wallet_lot
    deferrable initially deferred for each row execute function payout.wallet_lots_balance();
create constraint trigger wallet_account_balances after insert or update on payout.ledger_account
    deferrable initially deferred for each row when (starts_with(new.account, 'wallet:')) execute function payout.wallet_account_balances();

grant select, insert, update on payout.wallet, payout.wallet_lot, payout.wallet_use, payout.wallet_stake to payout;

-- Where stakes come from and where prizes go; of what is no challenge, and of what was published before this, by card and by transfer.
alter table payout.published_contest
    add column funding text not null default 'card' check (funding in ('card', 'wallet')),
    add column pay_to text not null default 'transfer' check (pay_to in ('transfer', 'wallet'));

-- A stake from a wallet is collected as a charge is.
create or replace function payout.collected_minor(contest text) returns bigint language sql stable as $$
    select (
        (select coalesce(sum(t.amount_minor), 0)
        from payout.entry_payment p
        join payout.ledger_transfer t
            on t.contest_id = p.contest_id and t.revision = 0 and t.code = 'entry-fee' and t.credit_account = 'entry_fees' and t.reference = p.charge_id
        where p.contest_id = contest and p.entry_state = 'accepted')
        + (select coalesce(sum(t.amount_minor), 0)
        from payout.wallet_stake s
        join payout.ledger_transfer t
            on t.contest_id = s.contest_id and t.revision = 0 and t.code = 'stake' and t.credit_account = 'stakes:' || contest
            and t.reference = 'stake/' || s.contest_id || '/' || s.entry_id
        where s.contest_id = contest and s.entry_state = 'accepted'))::bigint
$$;

create or replace function payout.contest_takes_what_was_collected() returns trigger language plpgsql as $$
declare
    decided bigint;
    taken bigint;
    collected bigint;
begin
    select s.entry_fees_minor into decided from payout.settlement s where s.contest_id = new.contest_id and s.revision = new.revision;
    select coalesce(sum(case when t.debit_account in ('entry_fees', 'stakes:' || new.contest_id) then t.amount_minor else -t.amount_minor end), 0) into taken
    from payout.ledger_transfer t
    where t.contest_id = new.contest_id and t.revision = new.revision
        and (t.debit_account in ('entry_fees', 'stakes:' || new.contest_id) or t.credit_account in ('entry_fees', 'stakes:' || new.contest_id));
    collected := case when new.revision = 1 then payout.collected_minor(new.contest_id) else 0 end;
    if decided <> collected or taken <> collected then
        raise exception 'contest % revision % does not balance: fees collected %, decided %, taken %', new.contest_id, new.revision, collected, decided, taken
            using errcode = 'check_violation';
    end if;

    return null;
end $$;

-- As in the pool's check before, but that a prize credited to a wallet is paid as one with a payout is.
create or replace function payout.contest_balances() returns trigger language plpgsql as $$
declare
    decided payout.settlement%rowtype;
    pool_in bigint;
    awards bigint;
    fees bigint;
    remainder bigint;
    overlay bigint;
    credited bigint;
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
           coalesce(sum(t.amount_minor) filter (where t.code = 'overlay'), 0),
           coalesce(sum(t.amount_minor) filter (where t.code = 'prize-credit'), 0)
    into pool_in, pool_out, awards, fees, remainder, overlay, credited
    from payout.ledger_transfer t
    where t.contest_id = new.contest_id and t.revision = new.revision;

    select credited + coalesce(sum(p.amount_minor), 0) into owed from payout.payout p
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
