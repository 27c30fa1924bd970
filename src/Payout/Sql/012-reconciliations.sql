-- What each comparison of the ledger with Stripe found. Rows are never changed.
create table payout.reconciliation (
    run_no bigint generated always as identity primary key,
    at timestamptz not null,
    window_from timestamptz not null,
    window_to timestamptz not null check (window_to > window_from),
    matched integer not null check (matched >= 0),
    pending integer not null check (pending >= 0),
    outside integer not null check (outside >= 0),
    outside_minor bigint not null,
    clearing numeric not null check (clearing between 0 and 1),
    completeness numeric not null check (completeness between 0 and 1),
    timeliness numeric not null check (timeliness between 0 and 1),
    difference_count integer not null check (difference_count >= 0),
    differences jsonb not null
);

create trigger reconciliation_append_only before update or delete or truncate on payout.reconciliation
    for each statement execute function payout.refuse_change();

grant select, insert on payout.reconciliation to payout;
