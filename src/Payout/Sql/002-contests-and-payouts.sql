-- What Settlement decided (never changed), how far paying has come, and one payout per contest, revision and player.
create table payout.contest (
    contest_id text collate "C" not null,
    revision integer not null check (revision > 0),
    currency text collate "C" not null,
    state text not null check (state in ('receiving', 'posting', 'held', 'paying', 'paid')),
    held_reason text,
    chunks_received integer not null default 0,
    players_received integer not null default 0,
    gross_received_minor bigint not null default 0,
    fee_received_minor bigint not null default 0,
    net_received_minor bigint not null default 0,
    chunks_posted integer not null default 0,
    payouts_open integer not null default 0 check (payouts_open >= 0),
    paid_count integer not null default 0,
    paid_minor bigint not null default 0,
    other_count integer not null default 0,
    other_minor bigint not null default 0,
    completed_at timestamptz,
    primary key (contest_id, revision),
    constraint contest_complete_when_paying check ((completed_at is not null) = (state in ('paying', 'paid')))
);

create index contest_posting on payout.contest (contest_id, revision) where state = 'posting';

create table payout.settlement (
    contest_id text collate "C" not null,
    revision integer not null,
    body_hash text not null,
    award_chunks integer not null check (award_chunks >= 0),
    winners integer not null check (winners >= 0),
    entry_fees_minor bigint not null check (entry_fees_minor >= 0),
    rake_minor bigint not null check (rake_minor >= 0),
    pool_minor bigint not null check (pool_minor >= 0),
    overlay_minor bigint not null check (overlay_minor >= 0),
    surplus_minor bigint not null check (surplus_minor >= 0),
    prizes_gross_minor bigint not null check (prizes_gross_minor >= 0),
    platform_fees_minor bigint not null check (platform_fees_minor >= 0),
    prizes_net_minor bigint not null check (prizes_net_minor >= 0),
    house_remainder_minor bigint not null check (house_remainder_minor >= 0),
    digest text not null,
    settled_at timestamptz not null,
    primary key (contest_id, revision),
    foreign key (contest_id, revision) references payout.contest,
    constraint settlement_pool_in check (pool_minor = entry_fees_minor - rake_minor - surplus_minor + overlay_minor),
    constraint settlement_pool_out check (pool_minor = prizes_gross_minor + house_remainder_minor),
    constraint settlement_prizes check (prizes_gross_minor = platform_fees_minor + prizes_net_minor)
);

create table payout.award_chunk (
    contest_id text collate "C" not null,
    revision integer not null,
    chunk integer not null check (chunk >= 0),
    body_hash text not null,
    primary key (contest_id, revision, chunk)
);

create table payout.award (
    contest_id text collate "C" not null,
    revision integer not null,
    chunk integer not null,
    player_id text collate "C" not null,
    entry_id text collate "C" not null,
    place integer not null check (place > 0),
    points bigint not null,
    gross_minor bigint not null check (gross_minor > 0),
    fee_minor bigint not null check (fee_minor >= 0),
    net_minor bigint not null check (net_minor >= 0),
    primary key (contest_id, revision, chunk, player_id, entry_id),
    constraint award_sum check (gross_minor = fee_minor + net_minor)
);

create table payout.payout (
    payout_id text collate "C" primary key,
    contest_id text collate "C" not null,
    revision integer not null,
    player_id text collate "C" not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency text collate "C" not null,
    state text not null check (state in
        ('pending', 'held', 'awaiting_account', 'awaiting_funds', 'submitting', 'paid', 'failed', 'rejected')),
    reason text,
    change_no integer not null check (change_no > 0),
    transfer_id text,
    due_at timestamptz,
    lease_until timestamptz,
    fence bigint not null default 0,
    created_at timestamptz not null,
    unique (contest_id, revision, player_id),
    foreign key (contest_id, revision) references payout.contest,
    constraint payout_paid_by_transfer check ((state = 'paid') = (transfer_id is not null)),
    constraint payout_at_rest check (state not in ('paid', 'failed', 'rejected') or due_at is null)
);

create index payout_due on payout.payout (due_at) where due_at is not null;
create index payout_waiting_for_account on payout.payout (player_id) where state = 'awaiting_account';

create table payout.payout_change (
    payout_id text collate "C" not null references payout.payout,
    change_no integer not null,
    state text not null,
    reason text,
    transfer_id text,
    at timestamptz not null,
    primary key (payout_id, change_no)
);

create table payout.attempt (
    payout_id text collate "C" not null references payout.payout,
    attempt_no integer not null check (attempt_no > 0),
    idempotency_key text collate "C" not null unique,
    parameter_hash text not null,
    destination text not null,
    first_used_at timestamptz not null,
    outcome text not null check (outcome in ('open', 'paid', 'refused', 'unfunded', 'account', 'absent', 'mismatch')),
    unknown_answers integer not null default 0,
    last_answer text,
    transfer_id text unique,
    closed_at timestamptz,
    primary key (payout_id, attempt_no),
    constraint attempt_closed check ((outcome = 'open') = (closed_at is null)),
    constraint attempt_paid check ((outcome = 'paid') = (transfer_id is not null))
);

create unique index attempt_open on payout.attempt (payout_id) where outcome = 'open';
create unique index attempt_pays_once on payout.attempt (payout_id) where outcome = 'paid';

create table payout.stripe_account (
    account_id text collate "C" primary key,
    player_id text collate "C" not null,
    transfers text not null,
    stale boolean not null,
    read_at timestamptz,
    hinted_at timestamptz not null
);

create index stripe_account_player on payout.stripe_account (player_id);
create index stripe_account_stale on payout.stripe_account (hinted_at) where stale;

create trigger payout_change_append_only before update or delete or truncate on payout.payout_change
    for each statement execute function payout.refuse_change();
create trigger settlement_append_only before update or delete or truncate on payout.settlement
    for each statement execute function payout.refuse_change();
create trigger award_append_only before update or delete or truncate on payout.award
    for each statement execute function payout.refuse_change();
create trigger award_chunk_append_only before update or delete or truncate on payout.award_chunk
    for each statement execute function payout.refuse_change();

grant select, insert, update on payout.contest, payout.payout, payout.attempt, payout.stripe_account to payout;
grant select, insert on payout.settlement, payout.award_chunk, payout.award, payout.payout_change to payout;
