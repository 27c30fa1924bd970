-- What the platform had at Stripe, what it owed, and how that was judged; and which alerts about it have been raised.
create table payout.balance_snapshot (
    currency text collate "C" not null,
    taken_at timestamptz not null,
    cause text not null check (cause in ('schedule', 'batch', 'asked')),
    available_minor bigint not null,
    pending_minor bigint not null,
    obligations_minor bigint not null check (obligations_minor >= 0),
    reserve_minor bigint not null,
    status text not null check (status in ('depleted', 'critical', 'warning', 'healthy')),
    primary key (currency, taken_at)
);

create table payout.balance_alert (
    dedup_key text collate "C" primary key,
    raised_at timestamptz not null
);

create trigger balance_snapshot_append_only before update or delete or truncate on payout.balance_snapshot
    for each statement execute function payout.refuse_change();

-- The queue for Stripe's balance, in the order in which payouts are served when it is short.
create index payout_queue on payout.payout (currency, created_at, payout_id) where state in ('awaiting_funds', 'submitting');

grant select, insert on payout.balance_snapshot, payout.balance_alert to payout;
