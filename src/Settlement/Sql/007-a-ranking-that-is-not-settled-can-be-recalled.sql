-- Scoring may take a final ranking back as long as it is not settled: to cancel the contest, or to hand over another one in its place. What was answered stays, and the database itself
-- refuses the result of what was recalled, whoever computes it.
create table settlement.recall (
    contest_id text collate "C" not null,
    request_id text collate "C" not null,
    purpose text not null check (purpose in ('cancel', 'retry', 'correction')),
    revision integer not null check (revision > 0),
    attempt integer not null check (attempt > 0),
    settled_at timestamptz, -- null: not settled, and never will be; for cancel, no revision of the contest
    reason text not null,
    issued_by text not null,
    at timestamptz not null,
    primary key (contest_id, request_id)
);

alter table settlement.completion add column attempt integer not null default 1 check (attempt > 0);
alter table settlement.completion drop constraint completion_state_check;
alter table settlement.completion add constraint completion_state_check check (state in ('waiting', 'settled', 'held', 'cancelled', 'recalled'));
alter table settlement.ranking_chunk add column attempt integer not null default 1 check (attempt > 0);
alter table settlement.ranking_chunk drop constraint ranking_chunk_pkey;
alter table settlement.ranking_chunk add primary key (contest_id, revision, attempt, chunk);

create function settlement.is_recalled(contest text, of_revision integer, of_attempt integer) returns boolean language sql stable as $$
    select exists (
        select from settlement.recall r
        where r.contest_id = contest and r.settled_at is null and (r.purpose = 'cancel' or r.revision = of_revision and r.attempt >= of_attempt))
$$;

create function settlement.result_is_not_recalled() returns trigger language plpgsql as $$
begin
    if exists (
        select from settlement.completion c
        where c.contest_id = new.contest_id and c.revision = new.revision and settlement.is_recalled(c.contest_id, c.revision, c.attempt)) then
        raise exception 'result of % revision %: it was recalled and is never settled', new.contest_id, new.revision using errcode = 'check_violation';
    end if;

    return new;
end $$;

create trigger result_is_not_recalled before insert on settlement.result
    for each row execute function settlement.result_is_not_recalled();

grant select, insert on settlement.recall to settlement;
