-- Whoever has the id of a charge in hand looks for the entry fee that it paid. Its order is that of its bytes; the trigger that names the column is made again, as it was.
drop trigger entry_payment_is_fixed on payout.entry_payment;
alter table payout.entry_payment alter column charge_id type text collate "C";
create trigger entry_payment_is_fixed before update on payout.entry_payment for each row
    when ((old.contest_id, old.entry_id, old.player_id, old.player_entry_no, old.amount_minor, old.currency)
          is distinct from (new.contest_id, new.entry_id, new.player_id, new.player_entry_no, new.amount_minor, new.currency)
          or old.intent_id is not null and new.intent_id is distinct from old.intent_id
          or old.charge_id is not null and new.charge_id is distinct from old.charge_id)
    execute function payout.entry_payment_is_fixed();
create index entry_payment_charge on payout.entry_payment (charge_id) where charge_id is not null;
