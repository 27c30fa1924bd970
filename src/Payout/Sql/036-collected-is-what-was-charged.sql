-- What was collected for a contest is what the ledger has of charges for the entries that take part, and nothing else: not what entries are said to be accepted.
create function payout.collected_minor(contest text) returns bigint language sql stable as $$
    select coalesce(sum(t.amount_minor), 0)::bigint
    from payout.entry_payment p
    join payout.ledger_transfer t
        on t.contest_id = p.contest_id and t.revision = 0 and t.code = 'entry-fee' and t.credit_account = 'entry_fees' and t.reference = p.charge_id
    where p.contest_id = contest and p.entry_state = 'accepted'
$$;

-- As the pool, so the fees: a contest is complete only if what it takes out of the entry fees is what was collected for it. A later revision takes none.
create function payout.contest_takes_what_was_collected() returns trigger language plpgsql as $$
declare
    decided bigint;
    taken bigint;
    collected bigint;
begin
    select s.entry_fees_minor into decided from payout.settlement s where s.contest_id = new.contest_id and s.revision = new.revision;
    select coalesce(sum(case when t.debit_account = 'entry_fees' then t.amount_minor else -t.amount_minor end), 0) into taken
    from payout.ledger_transfer t
    where t.contest_id = new.contest_id and t.revision = new.revision and 'entry_fees' in (t.debit_account, t.credit_account);
    collected := case when new.revision = 1 then payout.collected_minor(new.contest_id) else 0 end;
    if decided <> collected or taken <> collected then
        raise exception 'contest % revision % does not balance: fees collected %, decided %, taken %', new.contest_id, new.revision, collected, decided, taken
            using errcode = 'check_violation';
    end if;

    return null;
end $$;

create constraint trigger contest_fees_when_inserted after insert on payout.contest
    deferrable initially deferred for each row when (new.completed_at is not null) execute function payout.contest_takes_what_was_collected();
create constraint trigger contest_fees_when_completed after update on payout.contest
    deferrable initially deferred for each row when (new.completed_at is not null and old.completed_at is null)
    execute function payout.contest_takes_what_was_collected();

create index contest_held on payout.contest (contest_id, revision) where state = 'held';
