-- The same guarantees for less to write. A line's body is in the chains of both its accounts, so its own hash need not be kept beside them; that no two lines have
-- the same number in an account is kept by the account's row, which every posting locks and moves on from the number it read, and is checked by ledger verify.
-- What makes a second posting impossible stays: the primary key.
alter table payout.ledger_transfer
    drop constraint ledger_transfer_debit_chain,
    drop constraint ledger_transfer_credit_chain,
    drop column body_hash;

-- Contests, payouts and their history are never deleted and never change their keys, so that a row which was there when it was referred to stays there.
create function payout.key_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception '%.%: the key is fixed', tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger contest_stays before delete or truncate on payout.contest for each statement execute function payout.refuse_change();
create trigger payout_stays before delete or truncate on payout.payout for each statement execute function payout.refuse_change();
create trigger contest_key_is_fixed before update on payout.contest for each row
    when ((old.contest_id, old.revision) is distinct from (new.contest_id, new.revision)) execute function payout.key_is_fixed();
create trigger payout_key_is_fixed before update on payout.payout for each row
    when (old.payout_id is distinct from new.payout_id) execute function payout.key_is_fixed();

-- Hence one look per statement instead of one per row.
alter table payout.payout drop constraint payout_contest_id_revision_fkey;
alter table payout.payout_change drop constraint payout_change_payout_id_fkey;

create function payout.payout_has_contest() returns trigger language plpgsql set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    if exists (
        select 1 from (select distinct contest_id, revision from added) named
        where not exists (select 1 from payout.contest c where c.contest_id = named.contest_id and c.revision = named.revision)) then
        raise exception 'a payout belongs to a contest that is not there' using errcode = 'foreign_key_violation';
    end if;

    return null;
end $$;

create trigger payout_has_contest after insert on payout.payout
    referencing new table as added for each statement execute function payout.payout_has_contest();

create function payout.change_has_payout() returns trigger language plpgsql as $$
begin
    if exists (select 1 from added where not exists (select 1 from payout.payout p where p.payout_id = added.payout_id)) then
        raise exception 'a change belongs to a payout that is not there' using errcode = 'foreign_key_violation';
    end if;

    return null;
end $$;

create trigger payout_change_has_payout after insert on payout.payout_change
    referencing new table as added for each statement execute function payout.change_has_payout();
