-- When Stripe made the transfer of an attempt, by Stripe's clock: the year that a prize is reported for goes by it. Null of what was paid before this was kept.
alter table payout.attempt add column made_at timestamptz;

-- Since when Stripe's list of events could not be read to its end, and what Stripe answered last; null: the last sweep was complete.
alter table payout.stripe_sweep alter column swept_until drop not null, alter column swept_at drop not null;
alter table payout.stripe_sweep add column failing_since timestamptz, add column last_answer text;

-- What could not be read at Stripe: since when, how often it was tried, and what Stripe answered last. A row goes when it was read.
create table payout.stripe_unread (
    what text collate "C" not null check (what <> ''),
    id text collate "C" not null check (id <> ''),
    since timestamptz not null,
    tries integer not null check (tries > 0),
    last_answer text not null,
    primary key (what, id)
);

-- When what follows from a dispute is tried again.
alter table payout.dispute add column apply_after timestamptz;

grant select, insert, update, delete on payout.stripe_unread to payout;
