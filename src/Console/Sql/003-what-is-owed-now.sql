-- What is owed is added up when somebody looks, by the statement with which Payout does.
grant select on payout.ledger_account to console;
grant select (refund_asked_minor) on payout.entry_payment to console;
grant select (contest_id, entry_id, amount_minor, pending_reason) on payout.entry_refund to console;
