-- With which version of the lifecycle a hold began, so that its alert ends when it is over; and since when a result is owed. Contests that wait are looked at anew, each has an end
-- to its patience now.
alter table scoring.contest add column hold_version bigint;
alter table scoring.contest add column finalized_at timestamptz;
update scoring.contest set hold_version = lifecycle_version where hold is not null;
alter table scoring.contest add check ((hold_version is null) = (hold is null));
update scoring.contest set wake_at = now() where wake_at is null and state in ('LOCKED', 'LIVE', 'COMPLETE', 'SETTLED');
