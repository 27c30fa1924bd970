-- Reversals that Stripe did not make because the account held less by then: each is asked for again, smaller, under a key of its own.
create table payout.reversal_again (
    call_key text collate "C" primary key references payout.stripe_call,
    why text not null,
    due_at timestamptz,
    asked_key text collate "C" references payout.stripe_call deferrable initially deferred
);

create index reversal_again_due on payout.reversal_again (due_at) where due_at is not null;

create trigger reversal_again_stays before delete or truncate on payout.reversal_again
    for each statement execute function payout.refuse_change();

grant select, insert, update (due_at, asked_key) on payout.reversal_again to payout;
