-- The provider is asked for what is missing of a game: from which number, how often so far, and when next.
alter table ingestion.game add column recovery_from bigint not null default 0 check (recovery_from >= 0);
alter table ingestion.game add column recovery_attempt integer not null default 0 check (recovery_attempt >= 0);
alter table ingestion.game add column recovery_due_at timestamptz;

-- What of the game people were told and not yet untold: the number in the alert's key, 0 where there is none.
alter table ingestion.game add column gap_alert bigint not null default 0;
alter table ingestion.game add column silence_alert bigint not null default 0;

create index game_to_recover on ingestion.game (recovery_due_at) where recovery_due_at is not null;
