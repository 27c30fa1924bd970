-- When the provider says a game is to begin.
alter table scoring.game add column starts_at timestamptz;

-- Every swap that was accepted, so that it can be taken back should the feed tell later that one of the two games had begun before it. Swaps of before this table stay.
create table scoring.swap (
    contest_id text collate "C" not null,
    entry_id text collate "C" not null,
    version integer not null check (version > 1),
    slot integer not null check (slot >= 0),
    athlete_out text collate "C" not null,
    athlete_in text collate "C" not null,
    game_out text collate "C" not null,
    game_in text collate "C" not null,
    at timestamptz not null,
    taken_back_at timestamptz,
    primary key (contest_id, entry_id, version)
);

grant select, insert, update on scoring.swap to scoring;
