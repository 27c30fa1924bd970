-- When each row was written, so that the database itself says for how long the oldest has been waiting, whichever relay has its slice, and if none has.
alter table {schema}.outbox add column written_at timestamptz not null default now();
alter table {schema}.outbox alter column written_at set default clock_timestamp();
