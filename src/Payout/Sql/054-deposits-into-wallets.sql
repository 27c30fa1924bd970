-- What players pay into their wallets. While it may still be paid, and for a day after it was, it counts against the player's limit.
create table payout.wallet_deposit (
    deposit_id text collate "C" primary key check (deposit_id <> ''),
    player_id text collate "C" not null,
    request_id text collate "C" not null check (request_id <> ''),
    amount_minor bigint not null check (amount_minor > 0),
    fee_minor bigint not null check (fee_minor >= 0 and fee_minor < amount_minor),
    currency text collate "C" not null,
    state text not null check (state in ('requested', 'requires_payment', 'paid', 'cancelled')),
    reason text,
    intent_no integer not null default 1,
    intent_id text collate "C" unique,
    client_secret text,
    stripe_status text,
    charge_id text collate "C" unique,
    charged_at timestamptz,
    stripe_fee_minor bigint check (stripe_fee_minor >= 0),
    cancel_no integer not null default 0,
    cancel_open boolean not null default false,
    declined boolean not null default false,
    hints bigint not null default 0,
    read_due_at timestamptz,
    created_at timestamptz not null,
    closed_at timestamptz,
    unique (player_id, request_id),
    foreign key (player_id, currency) references payout.wallet,
    constraint wallet_deposit_paid_by_charge check ((state = 'paid') = (charge_id is not null) and (charge_id is null) = (charged_at is null)),
    constraint wallet_deposit_closed check ((state in ('paid', 'cancelled')) = (closed_at is not null)),
    constraint wallet_deposit_secret_while_open check (client_secret is null or closed_at is null)
);

create index wallet_deposit_read_due on payout.wallet_deposit (read_due_at) where read_due_at is not null;
create index wallet_deposit_counted on payout.wallet_deposit (player_id, currency, closed_at) where state <> 'cancelled';

create function payout.wallet_deposit_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception 'deposit %: whose it is, how much, and what was paid are fixed', old.deposit_id using errcode = 'restrict_violation';
end $$;

create trigger wallet_deposit_is_fixed before update on payout.wallet_deposit for each row
    when ((old.deposit_id, old.player_id, old.request_id, old.amount_minor, old.fee_minor, old.currency, old.created_at)
          is distinct from (new.deposit_id, new.player_id, new.request_id, new.amount_minor, new.fee_minor, new.currency, new.created_at)
          or old.intent_id is not null and new.intent_id is distinct from old.intent_id
          or old.charge_id is not null and (new.charge_id, new.charged_at) is distinct from (old.charge_id, old.charged_at)
          or old.closed_at is not null and (new.state, new.closed_at) is distinct from (old.state, old.closed_at))
    execute function payout.wallet_deposit_is_fixed();
create trigger wallet_deposit_stays before delete or truncate on payout.wallet_deposit for each statement execute function payout.refuse_change();

-- A lot of a deposit is what was paid, less the fee that was said when it was asked for.
create function payout.wallet_deposit_has_its_lot() returns trigger language plpgsql as $$
begin
    if not exists (
        select from payout.wallet_lot l
        where l.lot_id = new.deposit_id and l.player_id = new.player_id and l.currency = new.currency and l.source = 'deposit'
            and l.reference = new.charge_id and l.amount_minor = new.amount_minor - new.fee_minor) then
        raise exception 'deposit % is paid and has no lot of its amount', new.deposit_id using errcode = 'check_violation';
    end if;

    return null;
end $$;

create constraint trigger wallet_deposit_has_its_lot after insert or update on payout.wallet_deposit
    deferrable initially deferred for each row when (new.state = 'paid') execute function payout.wallet_deposit_has_its_lot();

grant select, insert, update on payout.wallet_deposit to payout;

-- What a player has at stake is asked for by the player.
create index wallet_stake_player on payout.wallet_stake (player_id, currency) where state = 'staked';
