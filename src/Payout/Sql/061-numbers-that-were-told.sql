-- How far changes of payouts and of entries' payments were counted in what was told, where the books went back since: what is
-- told from then on counts on from there, so that nobody takes it for what was told before.
create table payout.told_change (
    kind text collate "C" not null check (kind in ('payout', 'payment')),
    of_contest text collate "C" not null,
    of_subject text collate "C" not null,
    told_no integer not null check (told_no > 0),
    primary key (kind, of_contest, of_subject)
);

grant select, insert on payout.told_change to payout;
grant update (told_no) on payout.told_change to payout;

-- Since when what Payout itself has told was read back for what the books lack.
alter table payout.recovery add column told_seen_at timestamptz;
