-- What a later revision takes back of what those before it awarded. Never changed, like the awards.
create table settlement.reduction (
    contest_id text collate "C" not null,
    revision integer not null check (revision > 1),
    entry_id text collate "C" not null,
    player_id text not null,
    rank integer not null check (rank > 0),
    points bigint not null,
    gross_minor bigint not null check (gross_minor > 0),
    fee_minor bigint not null check (fee_minor >= 0),
    net_minor bigint not null check (net_minor >= 0),
    primary key (contest_id, revision, entry_id),
    check (gross_minor = fee_minor + net_minor)
);

-- Revisions are settled in their order, and no entry loses more than it was awarded.
create function settlement.result_follows() returns trigger language plpgsql as $$
begin
    if new.revision > 1 and not exists (
        select from settlement.result r where r.contest_id = new.contest_id and r.revision = new.revision - 1) then
        raise exception 'result of % revision %: the revision before it is not settled', new.contest_id, new.revision using errcode = 'check_violation';
    end if;

    if exists (
        select from settlement.reduction t
        where t.contest_id = new.contest_id and t.revision = new.revision and (
            select coalesce(sum(a.gross_minor), 0) from settlement.award a
            where a.contest_id = t.contest_id and a.entry_id = t.entry_id and a.revision <= new.revision) < (
            select sum(o.gross_minor) from settlement.reduction o
            where o.contest_id = t.contest_id and o.entry_id = t.entry_id and o.revision <= new.revision)) then
        raise exception 'result of % revision %: it takes back more than was awarded', new.contest_id, new.revision using errcode = 'check_violation';
    end if;

    return new;
end $$;

create trigger result_follows before insert on settlement.result
    for each row execute function settlement.result_follows();

grant select, insert on settlement.reduction to settlement;
