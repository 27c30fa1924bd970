-- Stakes that are read again while the books are recovered and whose lots are not there yet: taken when they are.
create table payout.lost_stake (
    contest_id text collate "C" not null check (contest_id <> ''),
    entry_id text collate "C" not null check (entry_id <> ''),
    player_id text collate "C" not null check (player_id <> ''),
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    kept_at timestamptz not null,
    accepted_at timestamptz,
    closed_at timestamptz,
    primary key (contest_id, entry_id)
);

create index lost_stake_open on payout.lost_stake (kept_at, contest_id, entry_id) where closed_at is null;

grant select, insert on payout.lost_stake to payout;
grant update (accepted_at, closed_at) on payout.lost_stake to payout;

-- Since when the books know that a withdrawal is missing, which is what its alert counts from.
alter table payout.lost_withdrawal add column kept_at timestamptz not null default now();
alter table payout.lost_withdrawal alter column kept_at drop default;

-- Since when Stripe's payment intents were looked through for deposits that the books lack.
alter table payout.recovery add column deposits_seen_at timestamptz;
