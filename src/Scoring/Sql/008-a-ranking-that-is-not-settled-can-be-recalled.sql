-- A final ranking that Settlement has not settled can be recalled: then the contest is cancelled, or the ranking made anew as the next attempt at the same revision.
-- recall_asked_at: since when the recall of the newest ranking is asked for without a command; recalled_at: since when Settlement will never settle it.
alter table scoring.contest
    add column finalized_attempt integer check (finalized_attempt > 0),
    add column recall_asked_at timestamptz,
    add column recalled_at timestamptz;
update scoring.contest set finalized_attempt = 1 where finalized_revision is not null;
alter table scoring.contest add check ((finalized_attempt is null) = (finalized_revision is null));

-- attempt: with a recall, that of the ranking; number is its revision.
alter table scoring.command add column attempt integer;
alter table scoring.command drop constraint command_outcome_check;
alter table scoring.command add constraint command_outcome_check
    check (outcome in ('published', 'accepted', 'reserved', 'changed', 'withdrawn', 'cancelled', 'recall-requested', 'refused'));
alter table scoring.command add check ((attempt is not null) = (outcome = 'recall-requested'));
