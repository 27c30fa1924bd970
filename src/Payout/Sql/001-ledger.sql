-- Double entry, append-only. One row = one transfer from a debit account to a credit account; a row cannot be unbalanced.
-- A hot account is spread over shards, each with its own balance and chain: payouts of different players do not wait for each other.
create table payout.ledger_account (
    account text collate "C" not null check (account ~ '^[a-z_]+(:.+)?$'),
    currency text collate "C" not null check (currency ~ '^[a-z]{3}$'),
    shard smallint not null check (shard between 0 and 15),
    balance_minor bigint not null,
    last_no bigint not null check (last_no >= 0),
    chain bytea not null check (octet_length(chain) = 32),
    primary key (account, currency, shard),
    constraint ledger_account_never_negative
        check (balance_minor >= 0 or split_part(account, ':', 1) not in ('prize_pool', 'player_payable', 'wallet', 'stakes'))
);

create table payout.ledger_transfer (
    transfer_id uuid primary key,
    debit_account text collate "C" not null,
    debit_shard smallint not null,
    debit_no bigint not null check (debit_no > 0),
    debit_chain bytea not null check (octet_length(debit_chain) = 32),
    credit_account text collate "C" not null,
    credit_shard smallint not null,
    credit_no bigint not null check (credit_no > 0),
    credit_chain bytea not null check (octet_length(credit_chain) = 32),
    currency text collate "C" not null,
    amount_minor bigint not null check (amount_minor > 0),
    code text collate "C" not null check (code <> ''),
    reference text collate "C" not null check (reference <> ''),
    contest_id text collate "C" not null,
    revision integer not null,
    body_hash bytea not null check (octet_length(body_hash) = 32),
    posted_at timestamptz not null,
    constraint ledger_transfer_two_accounts check (debit_account <> credit_account),
    constraint ledger_transfer_debit_chain unique (debit_account, currency, debit_shard, debit_no),
    constraint ledger_transfer_credit_chain unique (credit_account, currency, credit_shard, credit_no)
);

create index ledger_transfer_contest on payout.ledger_transfer (contest_id, revision);

create function payout.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;

create trigger ledger_transfer_append_only before update or delete or truncate on payout.ledger_transfer
    for each statement execute function payout.refuse_change();

create trigger ledger_account_stays before delete or truncate on payout.ledger_account
    for each statement execute function payout.refuse_change();

grant select, insert, update on payout.ledger_account to payout;
grant select, insert on payout.ledger_transfer to payout;
