-- A player's page says that the wallet is frozen while the books are recovered.
grant select on payout.recovery to console;
