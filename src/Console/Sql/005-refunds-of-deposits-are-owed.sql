-- What is owed counts refunds of deposits that wait for money. No client secret, nothing of a card.
grant select (deposit_id, amount_minor, pending_reason) on payout.deposit_refund to console;
grant select (deposit_id, currency) on payout.wallet_deposit to console;
