-- Plays and lines are written only in a transaction that holds the lock on their game's row, which is never deleted: a foreign key would look it up again for
-- every row.
alter table ingestion.play drop constraint play_game_id_fkey;
alter table ingestion.line drop constraint line_game_id_fkey;
