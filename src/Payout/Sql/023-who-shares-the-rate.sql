-- The processes that use the account at Stripe, each as long as it says so: they share its rate. Divisor: by how many the process divides it.
create table payout.pace_sharer (
    sharer text collate "C" primary key check (sharer <> ''),
    joined_at timestamptz not null,
    seen_at timestamptz not null,
    divisor integer not null check (divisor > 0)
);

grant select, insert, update, delete on payout.pace_sharer to payout;
