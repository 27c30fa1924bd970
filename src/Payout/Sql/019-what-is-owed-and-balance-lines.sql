-- What has to go back and has not: few rows, looked at before every batch of payouts.
create index entry_payment_owed on payout.entry_payment (currency)
    where charge_id is not null and refunded_minor < case when give_back_reason is not null then amount_minor else refund_asked_minor end;

-- The lines that move Stripe's balance, by time: reconciliation reads days of a ledger of years. Awards, the most of the lines, are not in it.
create index ledger_transfer_balance on payout.ledger_transfer (posted_at)
    where debit_account = 'stripe_balance' or credit_account = 'stripe_balance';
