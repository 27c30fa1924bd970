-- What Stripe's balance held when it was first compared with the ledger, and from when on every movement of it is booked one by one.
create table payout.stripe_opening (
    currency text collate "C" primary key,
    amount_minor bigint not null,
    from_time timestamptz not null,
    opened_at timestamptz not null
);

create trigger stripe_opening_append_only before update or delete or truncate on payout.stripe_opening
    for each statement execute function payout.refuse_change();

grant select, insert on payout.stripe_opening to payout;
