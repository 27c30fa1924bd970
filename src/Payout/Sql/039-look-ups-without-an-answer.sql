-- Since when Stripe does not say what became of a request: nothing is sent while it is set, and a person is told when it lasts.
alter table payout.attempt add column look_up_since timestamptz;
alter table payout.stripe_call add column look_up_since timestamptz;
