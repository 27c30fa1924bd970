-- What goes back to the card it came from: each part to the charge of one deposit.
create table payout.deposit_refund (
    deposit_id text collate "C" not null references payout.wallet_deposit,
    refund_no integer not null check (refund_no > 0),
    request_id text collate "C" check (request_id <> ''),
    amount_minor bigint not null check (amount_minor > 0),
    attempt integer not null check (attempt > 0),
    state text not null check (state in ('open', 'done', 'failed')),
    refund_id text collate "C" unique,
    reason text,
    asked_at timestamptz not null,
    done_at timestamptz,
    pending_reason text,
    primary key (deposit_id, refund_no),
    constraint deposit_refund_done check (state <> 'done' or refund_id is not null)
);

create unique index deposit_refund_once on payout.deposit_refund (deposit_id, request_id);
create index deposit_refund_waits on payout.deposit_refund (deposit_id, refund_no) where pending_reason is not null;

-- One request of a player's, which may go back to several charges.
create table payout.wallet_refund (
    player_id text collate "C" not null,
    request_id text collate "C" not null check (request_id <> ''),
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    created_at timestamptz not null,
    primary key (player_id, request_id),
    foreign key (player_id, currency) references payout.wallet
);

create function payout.deposit_refund_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception 'refund % of %: what was asked for is fixed', old.refund_no, old.deposit_id using errcode = 'restrict_violation';
end $$;

create trigger deposit_refund_is_fixed before update on payout.deposit_refund for each row
    when ((old.deposit_id, old.refund_no, old.request_id, old.amount_minor, old.asked_at)
          is distinct from (new.deposit_id, new.refund_no, new.request_id, new.amount_minor, new.asked_at)
          or old.state = 'failed' and new.state <> 'failed')
    execute function payout.deposit_refund_is_fixed();
create trigger deposit_refund_stays before delete or truncate on payout.deposit_refund for each statement execute function payout.refuse_change();
create trigger wallet_refund_append_only before update or delete or truncate on payout.wallet_refund
    for each statement execute function payout.refuse_change();

alter table payout.ledger_account drop constraint ledger_account_never_negative;
alter table payout.ledger_account add constraint ledger_account_never_negative
    check (balance_minor >= 0 or split_part(account, ':', 1) not in ('prize_pool', 'player_payable', 'wallet', 'stakes', 'wallet_refunds'));

grant select, insert, update on payout.deposit_refund to payout;
grant select, insert on payout.wallet_refund to payout;
