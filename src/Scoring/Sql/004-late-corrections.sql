-- A correction after the result makes a further revision, once the one before it is settled. A game keeps whether it was ruled out, and a hash of what its
-- lines said: a correction that was taken back within the window is none.
alter table scoring.contest add column settled_revision integer check (settled_revision <= finalized_revision);
update scoring.contest set settled_revision = finalized_revision where settled_at is not null;

alter table scoring.contest_game
    add column final_ruled_out boolean not null default false,
    add column final_stats_hash text;
