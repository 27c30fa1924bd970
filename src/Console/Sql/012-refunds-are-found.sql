-- A refund is found by its id at Stripe.
grant select (refund_id) on payout.entry_refund to console;
grant select (refund_id) on payout.deposit_refund to console;
