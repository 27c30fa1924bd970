-- One row per dedup key: how often it was raised, in which words the last time, and whether that is over. A key that is open alerts again only in other words.
alter table {schema}.alert_raised
    add column episode integer not null default 1 check (episode > 0),
    add column words_hash uuid,
    add column resolved_at timestamptz;

-- Until now a key alerted once for ever. What comes next of any of them is told.
update {schema}.alert_raised set resolved_at = raised_at;

create index alert_raised_open on {schema}.alert_raised (dedup_key collate "C") where resolved_at is null;

grant update (raised_at, episode, words_hash, resolved_at) on {schema}.alert_raised to {schema};
