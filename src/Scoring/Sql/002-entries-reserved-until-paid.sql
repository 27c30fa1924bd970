-- Entries of contests with a fee: judged, counted against their player's limit, and taking part only once they are paid. They have no acceptance
-- number before, so nothing that reads scoring.entry sees them.
create table scoring.reserved_entry (
    contest_id text collate "C" not null references scoring.contest,
    entry_id text collate "C" not null,
    player_id text collate "C" not null,
    player_entry_no integer not null check (player_entry_no > 0),
    command_id text collate "C" not null,
    athlete_ids text collate "C" not null,
    reserved_at timestamptz not null,
    state text not null check (state in ('reserved', 'accepted', 'withdrawn', 'refused')),
    ended_at timestamptz check ((ended_at is null) = (state = 'reserved')),
    primary key (contest_id, entry_id),
    unique (contest_id, player_id, player_entry_no)
);

alter table scoring.command drop constraint command_outcome_check;
alter table scoring.command add constraint command_outcome_check
    check (outcome in ('published', 'accepted', 'reserved', 'changed', 'withdrawn', 'cancelled', 'refused'));

grant select, insert, update on scoring.reserved_entry to scoring;
