-- Reconciliation looks for refunds where Stripe has them: on the day they were made, which may be days after they were asked for.
alter table payout.entry_refund add column done_at timestamptz;
