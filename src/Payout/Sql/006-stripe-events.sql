-- Every event that took effect, once per id, however it came. Rows go after 31 days: Stripe lists none older than 30, and what an event causes has a
-- permanent key of its own, so a row that is gone makes no second effect possible.
create table payout.stripe_event (
    event_id text collate "C" primary key,
    type text collate "C" not null check (type <> ''),
    object_id text collate "C",
    account text collate "C",
    created timestamptz,
    amount_minor bigint,
    currency text collate "C",
    source text not null check (source in ('webhook', 'sweep')),
    received_at timestamptz not null,
    twin_of text collate "C"
);

create index stripe_event_fact on payout.stripe_event (type, object_id, created);
create index stripe_event_age on payout.stripe_event (received_at);

-- Up to when Stripe's own list of events has been compared, for the platform ('platform') and for each connected account.
create table payout.stripe_sweep (
    scope text collate "C" primary key,
    swept_until timestamptz not null,
    swept_at timestamptz not null,
    found bigint not null check (found >= 0),
    filled bigint not null check (filled >= 0)
);

alter table payout.stripe_account add column deauthorized_at timestamptz;

grant select, insert, delete on payout.stripe_event to payout;
grant select, insert, update on payout.stripe_sweep to payout;
