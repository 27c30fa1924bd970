-- What was ruled out when a contest became COMPLETE neither counts nor holds should it come back while corrections are still waited for.
alter table scoring.contest_game add column complete_ruled_out boolean not null default false;
