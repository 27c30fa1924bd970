-- Bank payouts on players' accounts, as last read: they may fail days after they were paid.
create table payout.bank_payout (
    bank_payout_id text collate "C" primary key,
    account_id text collate "C" not null,
    player_id text collate "C" not null,
    amount_minor bigint not null,
    currency text collate "C" not null,
    status text not null check (status <> ''),
    failure_code text,
    failure_message text,
    arrives_at timestamptz,
    stale boolean not null,
    hinted_at timestamptz not null,
    read_at timestamptz
);

create index bank_payout_stale on payout.bank_payout (hinted_at) where stale;
create index bank_payout_player on payout.bank_payout (player_id);

grant select, insert, update on payout.bank_payout to payout;
