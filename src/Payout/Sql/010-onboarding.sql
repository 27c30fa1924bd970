-- What Stripe wants of an account's holder, how often that changed, and whether the account still counts.
alter table payout.stripe_account
    add column status text not null default 'incomplete' check (status in ('notStarted', 'incomplete', 'complete', 'restricted', 'rejected')),
    add column status_no integer not null default 0 check (status_no >= 0),
    add column details_submitted boolean not null default false,
    add column payouts_enabled boolean not null default false,
    add column disabled_reason text,
    add column currently_due text not null default '',
    add column gone_at timestamptz;

-- A winner who cannot be paid yet: told, reminded, and after a while handed to a person. One row a player; it opens again when the account is lost.
create table payout.onboarding (
    player_id text collate "C" primary key,
    round integer not null check (round > 0),
    reason text not null check (reason in ('no-account', 'not-ready', 'disabled', 'deauthorized')),
    opened_at timestamptz not null,
    accounts_asked integer not null default 0 check (accounts_asked >= 0),
    first_notice_at timestamptz,
    notices_sent integer not null default 0 check (notices_sent >= 0),
    next_at timestamptz,
    alerted_at timestamptz,
    closed_at timestamptz,
    constraint onboarding_closed_is_quiet check (closed_at is null or next_at is null)
);

create index onboarding_due on payout.onboarding (next_at) where next_at is not null;

grant select, insert, update on payout.onboarding to payout;
