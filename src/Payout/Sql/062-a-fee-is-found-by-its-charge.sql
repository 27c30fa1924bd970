-- Whoever has the id of a charge in hand looks for the entry fee that it paid.
create index entry_payment_charge on payout.entry_payment (charge_id) where charge_id is not null;
