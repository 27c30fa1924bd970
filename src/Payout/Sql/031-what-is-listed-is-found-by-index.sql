-- What a player was paid, and what of it was taken back: his earnings are looked at often, in a ledger of years. Awards, the most of the lines, are in neither.
create index ledger_transfer_paid on payout.ledger_transfer (debit_account)
    where credit_account = 'stripe_balance' and debit_account like 'player_payable:%';
create index ledger_transfer_taken_back on payout.ledger_transfer (credit_account)
    where debit_account = 'stripe_balance' and credit_account like 'player_payable:%';

-- Payouts of one state in the order of their ids, the approval queue among them. Those that are paid, in the end nearly all, are found without.
create index payout_state on payout.payout (state, payout_id) where state <> 'paid';

-- The audit log without a filter, page by page: rows of one transaction have one time.
create index audit_log_at on payout.audit_log (at, shard, no);
