-- Withdrawals that Payout has told of and that its books, which went back, do not know: made again while the books are recovered.
create table payout.lost_withdrawal (
    withdrawal_id text collate "C" primary key check (starts_with(withdrawal_id, 'withdrawal/')),
    player_id text collate "C" not null check (player_id <> ''),
    request_id text collate "C" not null check (request_id <> ''),
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    told_at timestamptz not null,
    made_at timestamptz
);

create index lost_withdrawal_open on payout.lost_withdrawal (told_at, withdrawal_id) where made_at is null;

grant select, insert on payout.lost_withdrawal to payout;
grant update (made_at) on payout.lost_withdrawal to payout;
