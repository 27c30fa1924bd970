-- The number of the message that a play's latest revision came with; 0: it came before numbers were kept.
alter table ingestion.play add column sequence bigint not null default 0 check (sequence >= 0);
