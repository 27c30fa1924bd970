-- When a game is to begin, as the provider said last, and when it began by whatever says so first: a status, a play, a box.
alter table ingestion.game add column starts_at timestamptz;
alter table ingestion.game add column starts_at_sequence bigint not null default 0;
alter table ingestion.game add column started_at timestamptz;
