-- The page of feeds: how each game stands and what is missing of it. Feeds hold no personal data; boxes and lines are not shown.
grant select (game_id, status, clock, last_seen_at, is_silent, starts_at, started_at, recovery_from, recovery_attempt, recovery_due_at, published)
    on ingestion.game to console;

-- Games that are not over are few, whatever the seasons have left behind.
create index game_not_over on ingestion.game (game_id) where status in ('scheduled', 'delayed', 'in_progress', 'complete');
