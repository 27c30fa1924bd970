-- What a player was credited, for the year's sums: as what was paid and taken back, without reading the lines of others.
create index ledger_transfer_prize_credit on payout.ledger_transfer (debit_account) where code = 'prize-credit';
