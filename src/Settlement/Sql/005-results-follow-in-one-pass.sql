-- One pass over what a contest's revisions awarded and took back, however many entries a correction touches: sums looked up entry by entry went through all of
-- them each time, and the result of a large contest never came within the time a statement has. It refuses what it refused before.
create or replace function settlement.result_follows() returns trigger language plpgsql as $$
begin
    if new.revision > 1 and not exists (
        select from settlement.result r where r.contest_id = new.contest_id and r.revision = new.revision - 1) then
        raise exception 'result of % revision %: the revision before it is not settled', new.contest_id, new.revision using errcode = 'check_violation';
    end if;

    if exists (
        select from (
            select entry_id, gross_minor, false as is_taken_now
            from settlement.award where contest_id = new.contest_id and revision <= new.revision
            union all
            select entry_id, -gross_minor, revision = new.revision
            from settlement.reduction where contest_id = new.contest_id and revision <= new.revision) as change
        group by entry_id
        having sum(gross_minor) < 0 and bool_or(is_taken_now)) then
        raise exception 'result of % revision %: it takes back more than was awarded', new.contest_id, new.revision using errcode = 'check_violation';
    end if;

    return new;
end $$;
