-- Which payouts an operator has stopped, for their page.
grant select on payout.halt to console;
