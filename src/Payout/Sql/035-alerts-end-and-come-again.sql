-- An alert is over when the fact that ended it is seen, and is open again when its trouble comes again: the newest episode is what the row shows.
alter table payout.alert add column episode integer not null default 1 check (episode > 0);

grant update (severity, cause, recommended_action, raised_at, episode) on payout.alert to payout;
