-- Why Stripe has not sent a refund that was made: one that waits for the platform's balance is owed until it is sent.
alter table payout.entry_refund add column pending_reason text;

create index entry_refund_unfunded on payout.entry_refund (contest_id, entry_id) where pending_reason = 'insufficient_funds';
