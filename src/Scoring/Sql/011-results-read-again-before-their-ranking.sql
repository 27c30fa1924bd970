-- A database that went back reads its results again before it has made their ranking anew: they wait for it here.
create table scoring.early_result (
    contest_id text collate "C" not null,
    revision integer not null check (revision > 0),
    kind text collate "C" not null check (kind in ('settled', 'paid')),
    at timestamptz not null,
    primary key (contest_id, revision, kind)
);

grant select, insert, delete on scoring.early_result to scoring;
